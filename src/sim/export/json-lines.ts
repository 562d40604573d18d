/** JSON Lines: one object a line, with the names of the columns as keys; null where there is no data. */
import { printableJson } from '../../core/printable.ts';
import type { Table } from '../report/tables.ts';

export function renderJsonLines({ columns, rows }: Table): string {
  const lines = rows.map((row) =>
    printableJson(Object.fromEntries(columns.map(({ name }, at) => [name, row[at] ?? null])), 0),
  );
  return lines.map((line) => `${line}\n`).join('');
}
