/** The tables of virtual time. */
import { mean } from 'simple-statistics';
import type { Column } from '../../src/sim/report/table.ts';
import { formatBytes } from '../../src/sim/units/format.ts';
import { formatMargin, formatMs, formatPercent, formatRatio, right } from './format.ts';
import type { CostResult, RatioResult } from './report.ts';

export const COST_COLUMNS: readonly Column[] = [
  { head: 'virtual time' },
  right('cost of a chunk'),
  right(''),
  right('goal'),
  right('peak memory', 1),
  right('others', 2),
];

export function costRow(result: CostResult): string[] {
  const chunkMs = mean(result.chunkMs);
  const cut = result.share === undefined ? '' : ` (the first ${formatPercent(result.share)})`;
  return [
    `${result.peers} peers, ${result.chunks} chunks${cut}`,
    formatMs(chunkMs),
    formatMargin(result.interval),
    `${chunkMs <= result.goalMs ? '✓' : '✗'} ${formatMs(result.goalMs)}`,
    formatBytes(Math.max(...result.memoryBytes)),
    formatPercent(result.host.othersCpuShare),
  ];
}

export const RATIO_COLUMNS: readonly Column[] = [
  { head: 'ratio of two' },
  { head: 'of what', rank: 2 },
  right('ratio'),
  right('goal'),
  right('others', 1),
];

export function ratioRow({ name, what, values, interval, goal, host }: RatioResult): string[] {
  const value = interval?.estimate ?? values[0]!;
  const isReached = goal.is === 'at least' ? value >= goal.value : value <= goal.value;
  return [
    name.replace(/^virtual time: /, ''),
    what,
    interval === null ? value.toFixed(2) : formatRatio(interval),
    `${isReached ? '✓' : '✗'} ${goal.is} ${goal.value}`,
    formatPercent(host.othersCpuShare),
  ];
}
