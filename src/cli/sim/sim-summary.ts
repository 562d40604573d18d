/** What came of several scenarios in one call. */
import { renderTableWithin } from '../../sim/report/table.ts';
import { formatDuration, formatPercent } from '../../sim/units/format.ts';
import { exitCodes } from '../program/exit-codes.ts';
import { fitLines } from '../output/fit-lines.ts';
import type { ScenarioEnd } from './sim-runs.ts';

/**
 * A table with a row for each scenario that was begun, then why those failed that did.
 *
 * @param asked how many there should have been
 * @param columns of the terminal; lines are no wider
 */
export function renderScenarioEnds(ends: readonly ScenarioEnd[], asked: number, columns: number): string {
  const passed = ends.filter(({ code }) => code === exitCodes.ok).length;
  const rows = ends.map(({ name, outcome, makespanMs, efficiency, folder }) => [
    name,
    outcome,
    formatDuration(makespanMs),
    formatPercent(efficiency),
    folder,
  ]);
  const table = renderTableWithin(
    [
      { head: 'scenario' },
      { head: 'outcome' },
      { head: 'makespan', align: 'right' },
      { head: 'efficiency', align: 'right' },
      // Each run has told it before.
      { head: 'report', rank: 0 },
    ],
    rows,
    columns,
  );
  const reasons = ends
    .filter(({ reasons: [first] }) => first !== undefined)
    .map(({ name, reasons }) => `  ${name}: ${reasons[0]!}`);
  const text = [`${passed} of ${asked} scenarios passed`, '', table, ...reasons].join('\n');
  return fitLines(text, columns);
}
