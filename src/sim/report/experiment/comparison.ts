/** A comparison of two saved runs or experiments, on a terminal. */
import type { ComparedFigure, ExperimentComparison, Side } from '../../experiment/compare-saved.ts';
import { formatInterval, formatRelative } from './experiment-columns.ts';
import { formatMetric, NO_DATA } from '../../units/format.ts';
import { pageOf, type TerminalOptions } from '../page.ts';
import { renderTableWithin } from '../table.ts';
import { wrap } from '../wrap.ts';

/** Ends with a newline. */
export function renderComparison(comparison: ExperimentComparison, options: TerminalOptions): string {
  const page = pageOf(options);
  const { before, after, warnings, arms, onlyBefore, onlyAfter } = comparison;
  const right = (head: string) => ({ head, align: 'right' as const });
  const tables = arms.map(({ name, figures }) =>
    renderTableWithin(
      [
        { head: name },
        right('before'),
        right('after'),
        { head: 'difference [95 %]', rank: 1 },
        { head: 'that is', rank: 0 },
        { head: 'says', wraps: true },
      ],
      figures.filter(hasData).map((figure) => {
        const cells = cellsOf(figure);
        const { statement } = figure.against;
        return statement === 'better'
          ? cells.map(page.good)
          : statement === 'worse'
            ? cells.map(page.bad)
            : cells;
      }),
      page.columns,
    ),
  );
  const missing = [
    ...(onlyBefore.length > 0 ? [`Only before: ${onlyBefore.join('; ')}.`] : []),
    ...(onlyAfter.length > 0 ? [`Only after: ${onlyAfter.join('; ')}.`] : []),
    ...(arms.length === 0 ? ['No arm is in both: nothing can be compared.'] : []),
  ];
  const sections = [
    [`before  ${describe(before)}`, `after   ${describe(after)}`]
      .map((line) => wrap(line, page.proseColumns, ' '.repeat(8)))
      .join('\n'),
    [...warnings, ...missing, ...notesOf(comparison)]
      .map((line) => page.warn(wrap(`! ${line}`, page.proseColumns, '  ')))
      .join('\n'),
    ...tables,
    hasIntervals(comparison) ? page.dim(wrap(INTERVALS, page.proseColumns, '')) : '',
  ].filter((section) => section !== '');
  return `${sections.join('\n\n')}\n`;
}

const INTERVALS =
  'The interval is Welch’s for the difference of the means. “No difference shown” is not “equal”.';

function describe({ scenario, commit, startedAt, runs }: Side): string {
  return `${scenario}, ${runs === 1 ? '1 run' : `${runs} runs`}, ${startedAt}, commit ${commit ?? 'unknown'}`;
}

/** Why a figure has no interval: once where it is true of all, else with the figures that it is true of. */
function notesOf({ arms }: ExperimentComparison): string[] {
  const all = arms.flatMap(({ name, figures }) =>
    figures.filter(hasData).map(({ metric, against }) => ({ name, metric, note: against.note })),
  );
  const notes = new Set(all.map(({ note }) => note));
  if (notes.size === 1)
    return [...notes].filter((note) => note !== '').map((note) => `No interval: ${note}.`);
  return arms.flatMap(({ name }) =>
    [...notes].flatMap((note) => {
      const of = all.filter((one) => one.name === name && one.note === note).map(({ metric }) => metric);
      if (note === '' || of.length === 0) return [];
      return [`No interval of ${of.join(', ')}${arms.length === 1 ? '' : ` in ${name}`}: ${note}.`];
    }),
  );
}

function hasIntervals({ arms }: ExperimentComparison): boolean {
  return arms.some(({ figures }) => figures.some(({ against }) => against.difference !== null));
}

function hasData({ before, after }: ComparedFigure): boolean {
  return before !== null || after !== null;
}

function cellsOf({ metric, unit, before, after, against }: ComparedFigure): string[] {
  const mean = (side: ComparedFigure['before']) => (side === null ? NO_DATA : formatMetric(side.mean, unit));
  const { difference, statement } = against;
  return [
    metric,
    mean(before),
    mean(after),
    difference === null ? NO_DATA : formatInterval(difference, unit),
    difference === null ? NO_DATA : formatRelative(against.share, unit),
    difference === null ? NO_DATA : statement,
  ];
}
