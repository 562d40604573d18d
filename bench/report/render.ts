/** A report as tables for the terminal. */
import { mean } from 'simple-statistics';
import { describeCores } from '../../src/sim/result/machine-text.ts';
import { renderTableWithin, type Column } from '../../src/sim/report/table.ts';
import { meanInterval } from '../statistics.ts';
import {
  formatBytesPerSec,
  formatCount,
  formatMargin,
  formatMs,
  formatPercent,
  formatRatio,
  right,
} from './format.ts';
import type { BenchReport, BenchResult, DurationResult, MicroResult, ThroughputResult } from './report.ts';
import { COST_COLUMNS, costRow, RATIO_COLUMNS, ratioRow } from './render-virtual.ts';

/** Ends with a newline. Tables are no wider than that many columns. */
export function renderReport(report: BenchReport, columns = Infinity): string {
  const { environment, host, size } = report;
  const lines = [
    `${environment.cpu}, ${describeCores(environment)} · Node ${environment.node} · commit ${environment.commit ?? 'unknown'}`,
    `load before ${host.loadBefore.toFixed(2)} a core · processors: ${formatPercent(host.ownCpuShare)} own, ` +
      `${formatPercent(host.othersCpuShare)} others`,
  ];
  if (size === 'smoke') lines.push('everything in small: this shows that it works, its figures mean nothing');
  const parts = [
    lines.join('\n'),
    table(ofKind(report, 'micro'), MICRO_COLUMNS, microRow, columns),
    table(ofKind(report, 'throughput'), THROUGHPUT_COLUMNS, throughputRow, columns),
    table(ofKind(report, 'duration'), DURATION_COLUMNS, durationRow, columns),
    table(ofKind(report, 'cost'), COST_COLUMNS, costRow, columns),
    table(ofKind(report, 'ratio'), RATIO_COLUMNS, ratioRow, columns),
    renderNotes(report),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function ofKind<K extends BenchResult['kind']>(
  report: BenchReport,
  kind: K,
): Extract<BenchResult, { kind: K }>[] {
  return report.results.filter((result): result is Extract<BenchResult, { kind: K }> => result.kind === kind);
}

function table<T>(
  results: readonly T[],
  columns: readonly Column[],
  row: (result: T) => string[],
  width: number,
): string {
  return results.length === 0 ? '' : renderTableWithin(columns, results.map(row), width);
}

const MICRO_COLUMNS: readonly Column[] = [
  { head: 'micro-benchmark' },
  right('ops/s'),
  right(''),
  right('p99', 1),
  right('bytes/s', 2),
  right('samples', 4),
  { head: 'work', rank: 3 },
];

function microRow(result: MicroResult): string[] {
  const opsPerSec = mean(result.opsPerSec);
  return [
    result.name,
    formatCount(opsPerSec),
    formatMargin(result.interval),
    formatMs(result.p99Ms),
    result.bytesPerOp === null ? '' : formatBytesPerSec(opsPerSec * result.bytesPerOp),
    String(result.samples),
    result.checksum,
  ];
}

const THROUGHPUT_COLUMNS: readonly Column[] = [
  { head: 'whole swarm' },
  right('goodput'),
  right(''),
  right('plain star', 1),
  right('', 2),
  { head: 'swarm / star' },
  right('seeder load', 3),
  right('waste', 4),
  right('own CPU', 6),
  right('others', 5),
];

function throughputRow({ name, runs, ratio }: ThroughputResult): string[] {
  const goodput = runs.map((run) => run.goodputBytesPerSec);
  const star = runs.map((run) => run.starBytesPerSec);
  return [
    name.replace(/^swarm: /, ''),
    formatBytesPerSec(mean(goodput)),
    formatMargin(meanInterval(goodput)),
    formatBytesPerSec(mean(star)),
    formatMargin(meanInterval(star)),
    ratio === null ? (goodput[0]! / star[0]!).toFixed(2) : formatRatio(ratio),
    meanOfKnown(
      runs.map((run) => run.seederLoad),
      (load) => load.toFixed(2),
    ),
    meanOfKnown(
      runs.map((run) => run.waste),
      formatPercent,
    ),
    formatPercent(mean(runs.map((run) => run.host.ownCpuShare))),
    formatPercent(mean(runs.map((run) => run.host.othersCpuShare))),
  ];
}

function meanOfKnown(values: readonly (number | null)[], format: (value: number) => string): string {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? '–' : format(mean(known));
}

const DURATION_COLUMNS: readonly Column[] = [
  { head: 'duration' },
  { head: 'of what', rank: 2 },
  right('mean'),
  right(''),
  right('longest', 1),
  right('goal'),
  right('others', 3),
];

function durationRow({ name, what, valuesMs, interval, goalMs, host }: DurationResult): string[] {
  const longestMs = Math.max(...valuesMs);
  const goal = goalMs === null ? '' : `${longestMs <= goalMs ? '✓' : '✗'} ${formatMs(goalMs)}`;
  return [
    name,
    what,
    formatMs(mean(valuesMs)),
    formatMargin(interval),
    formatMs(longestMs),
    goal,
    formatPercent(host.othersCpuShare),
  ];
}

/** Warnings are told once for all that they are about. */
function renderNotes({ results, failures }: BenchReport): string {
  const named = new Map<string, string[]>();
  for (const { name, warnings } of results) {
    for (const warning of warnings) named.set(warning, [...(named.get(warning) ?? []), name]);
  }
  const about = (names: readonly string[]): string =>
    names.length > 3 ? `${names.length} benchmarks` : names.join('; ');
  return [
    ...[...named].map(([warning, names]) => `! ${about(names)}: ${warning}`),
    ...failures.map((failure) => `FAILED ${failure}`),
  ].join('\n');
}
