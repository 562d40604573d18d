/** An experiment as a person reads it on a terminal. */
import type { Experiment } from '../../experiment/experiment.ts';
import {
  doubts,
  expectationColumns,
  expectationRows,
  explanations,
  headline,
  metricTables,
} from './experiment-columns.ts';
import { paintWith } from '../paint.ts';
import { renderTable } from '../table.ts';
import type { TerminalOptions } from '../terminal.ts';
import { wrap } from '../wrap.ts';

const COLUMNS_MAX = 100;
/** The report has the others. */
const METRICS_SHOWN = ['makespan', 'completion.median', 'efficiency', 'seeder_load', 'fairness', 'waste'];

/** Ends with a newline. */
export function renderExperiment(experiment: Experiment, options: TerminalOptions): string {
  const paint = paintWith(options.colours);
  const { verdict, scenario, arms, runs } = experiment;
  const colour = { pass: paint.good, fail: paint.bad, inconclusive: paint.warn }[verdict.outcome];
  const expected = expectationRows(experiment);
  const asked = new Set(expected.map(({ one }) => one.metric));
  const tables = metricTables(experiment);
  const shown = tables.filter(
    ({ metric }) => arms.length === 1 || METRICS_SHOWN.includes(metric) || asked.has(metric),
  );
  const sections = [
    [
      `${paint.bold(colour(verdict.outcome.toUpperCase()))}  ${paint.bold(scenario.name)}: ${headline(experiment)}`,
      ...doubts(experiment).map((doubt) => paint.warn(wrap(`  ! ${doubt}`, COLUMNS_MAX, '    '))),
    ].join('\n'),
    ...shown.map(({ columns, rows }) =>
      renderTable(
        columns,
        rows.map(({ cells, statement }) =>
          statement === 'better'
            ? cells.map(paint.good)
            : statement === 'worse'
              ? cells.map(paint.bad)
              : cells,
        ),
      ),
    ),
    expected.length === 0
      ? ''
      : renderTable(
          expectationColumns,
          expected.map(({ one, cells }) =>
            one.outcome === 'pass' ? cells : cells.map(one.outcome === 'fail' ? paint.bad : paint.warn),
          ),
        ),
    [
      ...(shown.length < tables.length
        ? [`… ${tables.length - shown.length} more metrics in experiment.md and experiment.csv`]
        : []),
      ...explanations,
      `Seeds: ${[...new Set(runs.map(({ seed }) => seed))].join(', ')}`,
    ]
      .map((line) => paint.dim(wrap(line, COLUMNS_MAX, '  ')))
      .join('\n'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}
