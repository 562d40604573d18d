import { renderTableWithin, type Column } from '../../src/sim/report/table.ts';
import type { Comparison } from './compare.ts';
import { formatChange } from './format.ts';

const COLUMNS: readonly Column[] = [
  { head: 'benchmark' },
  { head: 'figure' },
  { head: 'speed', align: 'right' },
  { head: '95 % interval', rank: 0 },
  { head: 'verdict', wraps: true },
];

/** More are only counted: with --filter most of the saved run is not here. */
const LISTED_MAX = 5;

/** Ends with a newline. `before` names the saved run. The table is no wider than that many columns. */
export function renderComparison(comparison: Comparison, before: string, columns = Infinity): string {
  const { refusals, warnings, figures, onlyBefore, onlyAfter } = comparison;
  if (refusals.length > 0) {
    return `Not compared with ${before}, since the two are not alike:\n${refusals.map((line) => `  ${line}\n`).join('')}`;
  }
  const rows = figures.map(({ name, figure, speedUp, verdict, note }) => [
    name,
    figure,
    speedUp === null ? '–' : formatChange(speedUp.estimate),
    speedUp === null ? '' : `${formatChange(speedUp.low)} to ${formatChange(speedUp.high)}`,
    note === '' ? verdict : `${verdict} (${note})`,
  ]);
  const lines = [
    `Compared with ${before}; + is faster.`,
    ...warnings.map((warning) => `! ${warning}`),
    rows.length === 0
      ? 'There is no benchmark in common.'
      : `\n${renderTableWithin(COLUMNS, rows, columns)}\n`,
    summary(comparison),
    ...listed('only in the saved run', onlyBefore),
    ...listed('only in this run', onlyAfter),
  ];
  return `${lines.join('\n')}\n`;
}

function summary({ figures }: Comparison): string {
  const count = (verdict: string): number => figures.filter((figure) => figure.verdict === verdict).length;
  return (
    `${count('faster')} faster, ${count('slower')} slower, ${count('no difference shown')} without a difference shown. ` +
    "Intervals: Welch's t on logarithms; verdicts: at 5 % for all together (Holm)."
  );
}

function listed(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [`${what}: ${names.length > LISTED_MAX ? `${names.length} benchmarks` : names.join('; ')}`];
}
