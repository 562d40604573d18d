/** The fidelity of scenarios as a person reads it on a terminal. */
import type { Fidelity, FidelityVerdict } from '../../fidelity/fidelity.ts';
import { pageOf, type Page, type TerminalOptions } from '../page.ts';
import { renderTableWithin } from '../table.ts';
import { wrap } from '../wrap.ts';
import { fidelityExplanations, fidelityHeadline, fidelityReasons, figureTable } from './fidelity-tables.ts';

/** Ends with a newline. */
export function renderFidelity(all: readonly Fidelity[], options: TerminalOptions): string {
  const page = pageOf(options);
  const verdicts = all
    .flatMap(({ arms }) => arms.flatMap(({ figures }) => figures))
    .map((one) => one.verdict);
  const { columns, rows } = figureTable(all);
  const coloured = rows.map((cells, at) => [
    ...cells.slice(0, -1),
    colourOf(verdicts[at]!, page)(cells.at(-1)!),
  ]);
  return [
    wrap(page.bold(fidelityHeadline(all)), page.proseColumns, '  '),
    '',
    renderTableWithin(columns, coloured, page.columns),
    '',
    ...fidelityReasons(all).map((line) => wrap(line, page.proseColumns, '  ')),
    ...fidelityExplanations.map((line) => page.dim(wrap(line, page.proseColumns, '  '))),
    '',
  ].join('\n');
}

function colourOf(verdict: FidelityVerdict, page: Page): (text: string) => string {
  if (verdict === 'within') return page.good;
  return verdict === 'differs' ? page.bad : page.warn;
}
