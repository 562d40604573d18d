/** What was asked of the swarm besides its peers: places, links that change, faults, conditions. */
import type { Plan, PlannedFault, PlannedRegions } from '../plan/plan.ts';
import { markdownCode } from './escape-markdown.ts';
import { exactDuration, exactRate } from '../units/exact-format.ts';
import { formatBytes, formatPercent } from '../units/format.ts';
import { renderMarkdownTable, type Column } from './table.ts';

const FAULTS_MAX = 50;
const TARGETS_MAX = 6;

/** A section for report.md; empty when there is nothing of it. */
export function renderPlanSummary(plan: Plan): string {
  const parts = [
    plan.regions === null ? '' : regionsTable(plan.regions),
    plan.regions?.capacityBytesPerSec === undefined ? '' : capacityTable(plan.regions),
    linksText(plan),
    plan.faults.length === 0 ? '' : faultsTable(plan.faults),
    plan.abortOn.length === 0
      ? ''
      : `Given up when ${plan.abortOn.map(({ text }) => markdownCode(text)).join(' or ')}.`,
    plan.variant === null
      ? ''
      : `One run of an experiment: arm ${markdownCode(plan.variant.arm)}, repeat ${plan.variant.repeat}.`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : ['## What was asked', ...parts].join('\n\n');
}

function regionsTable({ names, delayMs }: PlannedRegions): string {
  return pairsTable('one way, from ↓ to →', names, (from, to) => exactDuration(delayMs[from]![to]!));
}

function capacityTable({ names, capacityBytesPerSec }: PlannedRegions): string {
  return pairsTable('capacity, from ↓ to →', names, (from, to) => {
    const rate = capacityBytesPerSec?.[from]?.[to] ?? null;
    return rate === null ? 'no limit' : exactRate(rate);
  });
}

function pairsTable(
  head: string,
  names: readonly string[],
  cell: (from: number, to: number) => string,
): string {
  const columns: Column[] = [{ head }, ...names.map((name) => ({ head: name, align: 'right' as const }))];
  return renderMarkdownTable(
    columns,
    names.map((name, from) => [name, ...names.map((_, to) => cell(from, to))]),
  );
}

/** Counts, since each peer's own link is in plan.json. */
function linksText({ peers }: Plan): string {
  const lossy = peers.filter(({ link }) => link.loss !== null);
  const worst = Math.max(0, ...lossy.map(({ link }) => link.loss!.probability));
  const windowed = peers.filter(({ link }) => link.window !== null);
  const smallest = Math.min(...windowed.map(({ link }) => link.window!.bytes));
  const changing = peers.filter(({ link }) => link.changes.length > 0);
  const peersOf = (many: readonly unknown[]) => (many.length === 1 ? '1 peer' : `${many.length} peers`);
  return [
    ...(lossy.length > 0
      ? [`- ${peersOf(lossy)} with loss, up to ${formatPercent(worst)} of the segments`]
      : []),
    ...(windowed.length > 0
      ? [`- ${peersOf(windowed)} with a TCP window, the smallest ${formatBytes(smallest)}`]
      : []),
    ...(changing.length > 0 ? [`- ${peersOf(changing)} with a link that changes over time`] : []),
  ].join('\n');
}

function faultsTable(faults: readonly PlannedFault[]): string {
  const shown = faults.slice(0, FAULTS_MAX);
  const table = renderMarkdownTable(
    ['fault', 'effect', 'when', 'for', 'again', 'whom'].map((head) => ({ head })),
    shown.map(({ name, when, forMs, again, effect }) => [
      name,
      effect.kind,
      when.kind === 'time' ? exactDuration(when.atMs) : whenText(when.condition.text, when.delayMs),
      forMs === null ? '–' : exactDuration(forMs),
      again === null ? '–' : `${again.times} × every ${exactDuration(again.everyMs)}`,
      whom(effect),
    ]),
  );
  return shown.length < faults.length
    ? `${table}\n\n… ${faults.length - shown.length} more in plan.json`
    : table;
}

function whenText(condition: string, delayMs: number): string {
  return delayMs === 0 ? condition : `${exactDuration(delayMs)} after ${condition}`;
}

function whom(effect: PlannedFault['effect']): string {
  if (effect.kind === 'tracker-down') return 'tracker';
  if (effect.kind !== 'partition') return some(effect.peers);
  const [first = '', ...others] = effect.sides.map(some);
  return effect.oneWay ? `${first} → ${others.join(' | ')}` : [first, ...others].join(' | ');
}

function some(names: readonly string[]): string {
  if (names.length <= TARGETS_MAX) return names.join(', ');
  return `${names.slice(0, TARGETS_MAX - 1).join(', ')} and ${names.length - TARGETS_MAX + 1} more`;
}
