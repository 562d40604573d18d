/** What came of several scenarios in one call. */
import { renderTable } from '../sim/report/table.ts';
import { formatDuration, formatPercent } from '../sim/units/format.ts';
import { exitCodes } from './exit-codes.ts';
import type { ScenarioEnd } from './sim-runs.ts';

/**
 * A table with a row for each scenario that was begun.
 *
 * @param asked how many there should have been
 */
export function renderScenarioEnds(ends: readonly ScenarioEnd[], asked: number): string {
  const passed = ends.filter(({ code }) => code === exitCodes.ok).length;
  const rows = ends.map(({ name, outcome, makespanMs, efficiency, folder }) => [
    name,
    outcome,
    formatDuration(makespanMs),
    formatPercent(efficiency),
    folder,
  ]);
  const table = renderTable(
    [
      { head: 'scenario' },
      { head: 'outcome' },
      { head: 'makespan', align: 'right' },
      { head: 'efficiency', align: 'right' },
      { head: 'report' },
    ],
    rows,
  );
  const reasons = ends
    .filter(({ reasons: [first] }) => first !== undefined)
    .map(({ name, reasons }) => `  ${name}: ${reasons[0]!}`);
  return [`${passed} of ${asked} scenarios passed`, '', table, ...reasons].join('\n');
}
