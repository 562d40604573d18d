/** Tables in CSV files, read into the scenario before it is validated: samples of a quantity, and traces of sessions. */
import { isAbsolute, join, dirname } from 'node:path';
import type { Path } from './layer.ts';
import { attempt, type TextReader } from './layers.ts';
import { suggestKnown } from './nearest.ts';
import { isPlainMap, without } from './plain-data.ts';
import type { Problem } from './problems.ts';
import type { Report } from './variables.ts';
import { clipped } from './units.ts';

export const TABLE_ROWS_MAX = 10_000;

export interface TableComponents {
  readonly readText: TextReader;
  /** The file in which a path is written: what it names is relative to that. */
  readonly fileOf: (path: Path) => string;
  readonly report: Report;
  /** A mistake inside of a table. */
  readonly reportRow: (problem: Problem, text: string) => void;
}

interface Request {
  readonly file: string;
  readonly columns: readonly string[];
  readonly unit: string;
}

interface Row {
  /** From 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Data with each `{ csv: … }` replaced: below `trace` by its rows, elsewhere by `{ samples: […] }`. What cannot be read
 * is reported and left as it is.
 */
export function withTables(data: unknown, components: TableComponents, path: Path = []): unknown {
  if (Array.isArray(data)) return data.map((item, at) => withTables(item, components, [...path, at]));
  if (!isPlainMap(data)) return data;
  // A variable may be called csv.
  if (path.length > 1 && isTable(data.csv)) {
    const read = readTable(data.csv, [...path, 'csv'], components);
    if (read === undefined) return data;
    if (path.at(-1) === 'trace')
      return read.map(([join, leave]) => ({ join, ...(leave === undefined ? {} : { leave }) }));
    return { samples: read.map(([value]) => value), ...without(data, 'csv') };
  }
  return Object.fromEntries(
    Object.entries(data).map(([key, item]) => [key, withTables(item, components, [...path, key])]),
  );
}

function isTable(csv: unknown): csv is string | { readonly file: string } {
  return typeof csv === 'string' || (isPlainMap(csv) && typeof csv.file === 'string');
}

/** Each row's wanted cells, with their unit; a second cell may be empty. */
function readTable(
  csv: string | Readonly<Record<string, unknown>>,
  path: Path,
  { readText, fileOf, report, reportRow }: TableComponents,
): (readonly [string, string?])[] | undefined {
  const isTrace = path.at(-2) === 'trace';
  const { file: named, columns, unit } = requestOf(csv, isTrace);
  const filePath = typeof csv === 'string' ? path : [...path, 'file'];
  const file = isAbsolute(named) ? named : join(dirname(fileOf(filePath)), named);
  const content = attempt(() => readText(file));
  if (!content.ok) {
    report(
      filePath,
      `${file} cannot be read: ${content.reason}`,
      'the path is relative to the file it stands in',
    );
    return undefined;
  }
  const rows = rowsOf(content.value);
  const header = rows[0]?.cells.some((cell) => /^[A-Za-z]/.test(cell)) === true ? rows.shift()! : undefined;
  if (rows.length === 0 || rows.length > TABLE_ROWS_MAX) {
    report(filePath, `${file} has ${rows.length} rows`, `allowed: 1 to ${TABLE_ROWS_MAX}`);
    return undefined;
  }
  const places = columns.map((column, at) => (header === undefined ? at : header.cells.indexOf(column)));
  const missing = columns.find((_, at) => places[at]! < 0 && !(isTrace && at === 1));
  if (missing !== undefined && (missing !== '' || (header?.cells.length ?? 0) !== 1)) {
    const message = missing === '' ? `${file} has several columns` : `${file} has no column "${missing}"`;
    report(
      path,
      message,
      missing === ''
        ? `add column: one of ${header!.cells.join(', ')}`
        : suggestKnown(missing, header!.cells),
    );
    return undefined;
  }
  const read: (readonly [string, string?])[] = [];
  for (const { line, cells } of rows) {
    const [first, second] = places.map((place) => cells[Math.max(0, place)] ?? '');
    const wanted = isTrace && places[1]! >= 0 && second !== '' ? [first!, second!] : [first!];
    for (const cell of wanted) {
      const mistake = cellMistake(cell, unit);
      if (mistake === undefined) continue;
      reportRow({ file, line, column: 1, path: path.map(String).join('.'), ...mistake }, content.value);
      return undefined;
    }
    const [value, end] = wanted.map((cell) => (/^[\d.]+$/.test(cell) ? cell + unit : cell));
    read.push(end === undefined ? [value!] : [value!, end]);
  }
  return read;
}

/** A column without a name is the only one. */
function requestOf(csv: string | Readonly<Record<string, unknown>>, isTrace: boolean): Request {
  const { file, column, unit }: Readonly<Record<string, unknown>> =
    typeof csv === 'string' ? { file: csv } : csv;
  return {
    file: file as string,
    columns: isTrace ? ['join', 'leave'] : [typeof column === 'string' ? column : ''],
    unit: typeof unit === 'string' ? unit : '',
  };
}

/** Numbers and names need no more of CSV than this: fields between commas, quotes around them or not. */
function rowsOf(text: string): Row[] {
  return text
    .split(/\r?\n/)
    .map((row, at) => ({ line: at + 1, row: row.replace(/^\uFEFF/, '') }))
    .filter(({ row }) => row.trim() !== '' && !row.startsWith('#'))
    .map(({ line, row }) => ({
      line,
      cells: row.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1')),
    }));
}

function cellMistake(cell: string, unit: string): Pick<Problem, 'message' | 'suggestion'> | undefined {
  if (!/^\d*\.?\d+(e[+-]?\d+)?\s*[A-Za-z/%]*$/i.test(cell)) {
    return {
      message: `"${clipped(cell)}" is not a quantity`,
      suggestion: 'write a number, with its unit or without',
    };
  }
  if (unit !== '' || !/^[\d.]+$/.test(cell)) return undefined;
  return { message: `${cell} has no unit`, suggestion: 'write it in the table, or give csv a unit' };
}
