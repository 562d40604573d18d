/** An experiment as a person reads it on a terminal. */
import type { Experiment } from '../../experiment/experiment.ts';
import {
  doubts,
  expectationColumns,
  expectationRows,
  explanationsOf,
  MATRIX,
  headline,
  metricTables,
  type MetricTable,
} from './experiment-columns.ts';
import { verdictWord } from '../columns.ts';
import { pageOf, type TerminalOptions } from '../page.ts';
import { renderTableWithin } from '../table.ts';
import { wrap } from '../wrap.ts';

/** The report has the others. */
const METRICS_SHOWN = ['makespan', 'completion.median', 'efficiency', 'seeder_load', 'fairness', 'waste'];

/** Ends with a newline. */
export function renderExperiment(experiment: Experiment, options: TerminalOptions): string {
  const page = pageOf(options);
  const { verdict, scenario, arms, runs } = experiment;
  const colour = { pass: page.good, fail: page.bad, inconclusive: page.warn }[verdict.outcome];
  const expected = expectationRows(experiment);
  const asked = new Set(expected.map(({ one }) => one.metric));
  const tables = metricTables(experiment);
  const isShown = (metric: string): boolean => METRICS_SHOWN.includes(metric) || asked.has(metric);
  const shown = tables.flatMap((table) => {
    if (table.metric === MATRIX) return [onlyColumns(table, isShown)];
    return arms.length === 1 || isShown(table.metric) ? [table] : [];
  });
  const metrics = arms[0]?.figures.map(({ metric }) => metric) ?? [];
  const hidden = arms.length === 1 ? 0 : metrics.filter((metric) => !isShown(metric)).length;
  const sections = [
    [
      wrap(
        `${page.bold(colour(verdictWord(verdict.outcome.toUpperCase(), verdict.trust)))}  ${page.bold(scenario.name)}: ${headline(experiment)}`,
        page.proseColumns,
        '  ',
      ),
      ...doubts(experiment).map((doubt) => page.warn(wrap(`  ! ${doubt}`, page.proseColumns, '    '))),
    ].join('\n'),
    ...shown.map(({ columns, rows }) =>
      renderTableWithin(
        columns,
        rows.map(({ cells, statement }) =>
          statement === 'better' ? cells.map(page.good) : statement === 'worse' ? cells.map(page.bad) : cells,
        ),
        page.columns,
      ),
    ),
    expected.length === 0
      ? ''
      : renderTableWithin(
          expectationColumns,
          expected.map(({ one, cells }) =>
            one.outcome === 'pass' ? cells : cells.map(one.outcome === 'fail' ? page.bad : page.warn),
          ),
          page.columns,
        ),
    [
      ...(hidden > 0 ? [`… ${hidden} more metrics in experiment.md and experiment.csv`] : []),
      ...explanationsOf(experiment),
      `Seeds: ${[...new Set(runs.map(({ seed }) => seed))].join(', ')}`,
    ]
      .map((line) => page.dim(wrap(line, page.proseColumns, '  ')))
      .join('\n'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** Of the table of one run each, the metrics that a terminal shows; the last of them go first where it is narrow. */
function onlyColumns(
  { columns, rows, metric }: MetricTable,
  isShown: (name: string) => boolean,
): MetricTable {
  const kept = [...columns.keys()].filter((at) => at === 0 || isShown(columns[at]!.head));
  return {
    metric,
    columns: kept.map((at, rank) => (rank < 2 ? columns[at]! : { ...columns[at]!, rank })),
    rows: rows.map((row) => ({ ...row, cells: kept.map((at) => row.cells[at]!) })),
  };
}
