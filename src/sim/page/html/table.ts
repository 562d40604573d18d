import type { Column } from '../../report/table.ts';
import { markup, nothing, type Markup } from './markup.ts';

export interface TableOptions {
  readonly caption: string;
  /** By row, a class of the style. */
  readonly classes?: readonly string[];
}

/** Signs of a text that is not to be squeezed until its words stand below one another: the table scrolls instead. */
const LONG_TEXT = 40;

/** More columns than these scroll on a phone. */
const COLUMNS_IN_SIGHT = 3;

/** A table of more rows has a height of its own, and scrolls. */
const ROWS_IN_SIGHT = 14;

/** A table that scrolls sideways where it does not fit, also by keyboard. */
export function renderHtmlTable(
  columns: readonly Column[],
  rows: readonly (readonly (string | Markup)[])[],
  { caption, classes = [] }: TableOptions,
): Markup {
  const isLong = (at: number): boolean =>
    rows.some((row) => typeof row[at] === 'string' && row[at].length > LONG_TEXT);
  // Words below one another would make the row high, also where its column is out of sight.
  const short = columns.length > COLUMNS_IN_SIGHT ? markup` class="short"` : nothing;
  const alignment = columns.map(({ align }, at) =>
    align === 'right' ? markup` class="number"` : isLong(at) ? markup` class="long"` : short,
  );
  const cells = (row: readonly (string | Markup)[]): Markup[] =>
    row.map((cell, at) =>
      at === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td${alignment[at]!}>${cell}</td>`,
    );
  const height = rows.length > ROWS_IN_SIGHT ? 'long' : 'whole';
  return markup`<div class="scroll ${height}" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ head }, at) => markup`<th scope="col"${alignment[at]!}>${head}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row, at) => markup`<tr class="${classes[at] ?? ''}">${cells(row)}</tr>
`,
  )}</tbody>
</table></div>`;
}
