/** A comparison of saved runs, on a terminal. */
import type { ComparedSide, Comparison } from '../../experiment/comparison.ts';
import { pageOf, type Page, type TerminalOptions } from '../page.ts';
import { renderTableWithin } from '../table.ts';
import { wrap } from '../wrap.ts';
import {
  cautions,
  comparisonColumns,
  comparisonRow,
  describeSide,
  headlineOf,
  methodOf,
  tablesOf,
} from './comparison-columns.ts';
import { formatPlusMinus } from './experiment-columns.ts';

/** Ends with a newline. */
export function renderComparison(comparison: Comparison, options: TerminalOptions): string {
  const page = pageOf(options);
  const { base, others } = comparison;
  const sides = [base, ...others.map(({ side }) => side)];
  const method = methodOf(comparison);
  const sections = [
    sides
      .map((side) => wrap(`${side.name}  ${side.source}: ${describeSide(side)}`, page.proseColumns, '   '))
      .join('\n'),
    ...others.flatMap((other) => sectionsOf(other, comparison, page)),
    method === '' ? '' : page.dim(wrap(method, page.proseColumns, '')),
  ].filter((section) => section !== '');
  return `${sections.join('\n\n')}\n`;
}

function sectionsOf(other: ComparedSide, { base }: Comparison, page: Page): string[] {
  const tables = other.arms.flatMap((arm) =>
    tablesOf(arm).map(({ title, figures }) =>
      renderTableWithin(
        comparisonColumns(arm, other, base, title),
        figures.map((figure) => {
          const cells = comparisonRow(figure, formatPlusMinus);
          return figure.verdict === 'better'
            ? cells.map(page.good)
            : figure.verdict === 'worse'
              ? cells.map(page.bad)
              : cells;
        }),
        page.columns,
      ),
    ),
  );
  return [
    page.bold(wrap(headlineOf(other, base), page.proseColumns, '  ')),
    cautions(other, base)
      .map((line) => page.warn(wrap(`! ${line}`, page.proseColumns, '  ')))
      .join('\n'),
    ...tables,
  ];
}
