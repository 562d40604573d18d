/** CSV by RFC 4180 but with LF line ends; an empty field is a figure without data. */
import type { Cell, Table } from './tables.ts';

export function toCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `${[header, ...rows].map((row) => row.map(csvField).join(',')).join('\n')}\n`;
}

function csvField(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line with the names of the columns, then one a row. */
export function renderTableCsv({ columns, rows }: Table): string {
  return toCsv(
    columns.map(({ name }) => name),
    rows,
  );
}
