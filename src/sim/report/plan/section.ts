/** A part of a printed plan: rows with names, which two plans can be compared by. */
import stringWidth from 'string-width';
import { namePeers } from '../../units/name-peers.ts';
import { renderTableWithin } from '../table.ts';
import { wrap } from '../wrap.ts';

export interface Row {
  readonly name: string;
  /** As many as the section has heads. Line breaks stay. */
  readonly cells: readonly string[];
}

export interface Section {
  /** What the names are of; empty: the section is no table, each row is its name and one text. */
  readonly head: string;
  readonly heads: readonly string[];
  /** By column: what says nothing; a column in which nothing else stands is not shown. */
  readonly usual?: readonly (string | undefined)[];
  readonly rows: readonly Row[];
}

const NAME_COLUMNS = 15;
const PROSE_COLUMNS_MAX = 110;

/** Lines of names and texts. */
export function lines(rows: readonly (readonly [name: string, text: string])[]): Section {
  return { head: '', heads: [''], rows: rows.map(([name, text]) => ({ name, cells: [text] })) };
}

/** Rows with the same cells become one, under all their names; the first of each gives the order. */
function folded(rows: readonly Row[]): Row[] {
  const alike = new Map<string, { names: string[]; cells: Row['cells'] }>();
  for (const { name, cells } of rows) {
    const key = JSON.stringify(cells);
    const known = alike.get(key);
    if (known === undefined) alike.set(key, { names: [name], cells });
    else known.names.push(name);
  }
  return [...alike.values()].map(({ names, cells }) => ({ name: namePeers(names), cells }));
}

/** No line is wider, unless a word is; a table that would be becomes a list, in which nothing is left out. */
export function renderSection(section: Section, columns: number): string {
  const rows = folded(section.rows);
  if (rows.length === 0) return '';
  if (section.head === '') return renderLines(rows, columns);
  const { usual = [] } = section;
  const told = [...section.heads.keys()].filter((at) => rows.some(({ cells }) => cells[at] !== usual[at]));
  const heads = told.map((at) => section.heads[at]!);
  const shown = rows.map(({ name, cells }) => ({ name, cells: told.map((at) => cells[at]!) }));
  const table = renderTableWithin(
    [section.head, ...heads].map((head) => ({ head, wraps: true })),
    shown.map(({ name, cells }) => [name, ...cells]),
    columns,
  );
  return isWithin(table, columns) ? table : renderList({ head: section.head, heads, rows: shown }, columns);
}

function renderLines(rows: readonly Row[], columns: number): string {
  const room = Math.min(columns, PROSE_COLUMNS_MAX);
  const nameColumns = Math.max(NAME_COLUMNS, ...rows.map(({ name }) => stringWidth(name) + 1));
  // Long names leave no room beside them.
  const indent = nameColumns > room / 2 ? 2 : nameColumns;
  return rows
    .map(({ name, cells: [text = ''] }) => {
      const broken = text.split('\n').map((line) => hanging(line, room - indent));
      const body = broken.join('\n').replaceAll('\n', `\n${' '.repeat(indent)}`);
      return indent < nameColumns ? `${name}\n  ${body}` : `${name.padEnd(indent)}${body}`;
    })
    .join('\n');
}

/** The item of a list keeps its sign to itself. */
function hanging(line: string, room: number): string {
  return wrap(line, room, line.startsWith('- ') ? '  ' : '');
}

function renderList({ head, heads, rows }: Section, columns: number): string {
  return rows
    .map(({ name, cells }) => {
      const parts = cells.map((cell, at) => `${heads[at]!} ${cell.replaceAll('\n', '; ')}`);
      return wrap(`${head} ${name}: ${parts.join(', ')}`, Math.min(columns, PROSE_COLUMNS_MAX), '  ');
    })
    .join('\n');
}

function isWithin(text: string, columns: number): boolean {
  return text.split('\n').every((line) => stringWidth(line) <= columns);
}
