/** Rows of a table → the values of a scenario, with every mistake at its line. */
import { TABLE_ROWS_MAX } from '../language/limits.ts';
import { suggestKnown } from '../source/did-you-mean.ts';
import type { CsvCell, CsvRow } from './csv-rows.ts';
import type { TableQuantity } from './table-quantity.ts';

export interface TableRequest {
  /** For messages. */
  readonly file: string;
  /** undefined: the only one. */
  readonly column: string | undefined;
  /** Of numbers that have none; empty: each has its own. */
  readonly unit: string;
  readonly quantity: TableQuantity;
  readonly isTrace: boolean;
}

/** Either in the table, with a line, or in the scenario. */
export interface TableMistake {
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** Of the scenario's map; absent: the file. */
  readonly key?: 'column';
  readonly message: string;
  readonly suggestion?: string;
}

export interface TableValue {
  /** `{ samples: […] }`, or the rows of a trace; each value with its unit. */
  readonly value: unknown;
}

const TRACE_COLUMNS = ['join', 'leave'];
const PLAIN_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** @returns the mistakes, if there are any */
export function cellsOf(rows: readonly CsvRow[], request: TableRequest): TableValue | TableMistake[] {
  const [first, ...below] = rows;
  const header = first?.cells.some(({ text }) => /^[\p{L}_]/u.test(text)) === true ? first : undefined;
  const body = header === undefined ? rows : below;
  if (body.length === 0 || body.length > TABLE_ROWS_MAX) {
    const message = `${request.file} has ${body.length} rows`;
    return [{ message, suggestion: `allowed: 1 to ${TABLE_ROWS_MAX}` }];
  }
  const places = request.isTrace ? tracePlaces(header, request) : samplePlace(header, body, request);
  if ('mistakes' in places) return places.mistakes;
  const width = header?.cells.length ?? (request.isTrace ? TRACE_COLUMNS.length : 1);
  const tooWide = body.flatMap(({ cells }): TableMistake[] => {
    const extra = cells[width];
    if (extra === undefined) return [];
    const message = `the row has ${cells.length} fields for ${width === 1 ? '1 column' : `${width} columns`}`;
    return [
      { line: extra.line, column: extra.column, message, suggestion: 'put a field with a comma in quotes' },
    ];
  });
  if (tooWide.length > 0) return tooWide;
  return request.isTrace ? traceOf(body, places, request) : samplesOf(body, places.first, request);
}

/** Positions of the wanted columns; `second` undefined: there is none. */
interface Places {
  readonly first: number;
  readonly second: number | undefined;
}

type Wanted = Places | { readonly mistakes: TableMistake[] };

function samplePlace(
  header: CsvRow | undefined,
  body: readonly CsvRow[],
  { file, column }: TableRequest,
): Wanted {
  const mistake = (message: string, suggestion: string, key?: 'column'): Wanted => ({
    mistakes: [{ message, suggestion, ...(key === undefined ? {} : { key }) }],
  });
  if (header === undefined) {
    if (column !== undefined) {
      const fix = 'write the names in its first row, or remove column';
      return mistake(`${file} has no row of names, so it has no column "${column}"`, fix, 'column');
    }
    if (body.every(({ cells }) => cells.length === 1)) return { first: 0, second: undefined };
    return mistake(
      `${file} has several columns and no row of names`,
      'write names in a first row, and add column',
    );
  }
  const names = header.cells.map(({ text }) => text);
  if (column === undefined) {
    if (names.length === 1) return { first: 0, second: undefined };
    return mistake(`${file} has several columns`, `add column: one of ${names.join(', ')}`);
  }
  const first = names.indexOf(column);
  if (first === -1)
    return mistake(`${file} has no column "${column}"`, suggestKnown(column, names), 'column');
  if (names.lastIndexOf(column) === first) return { first, second: undefined };
  return mistake(`${file} has two columns called "${column}"`, 'rename one of them', 'column');
}

function tracePlaces(header: CsvRow | undefined, { file }: TableRequest): Wanted {
  if (header === undefined) return { first: 0, second: 1 };
  const names = header.cells.map(({ text }) => text);
  const mistakes = header.cells.flatMap(({ text, line, column }, at): TableMistake[] => {
    if (!TRACE_COLUMNS.includes(text)) {
      const message = `"${text}" is not a column of a trace`;
      return [{ line, column, message, suggestion: suggestKnown(text, TRACE_COLUMNS) }];
    }
    if (names.indexOf(text) === at) return [];
    return [{ line, column, message: `a second column is called "${text}"`, suggestion: 'keep one' }];
  });
  const first = names.indexOf('join');
  if (mistakes.length === 0 && first === -1) {
    const suggestion = 'name a column "join", with the time at which each peer joins';
    mistakes.push({ line: header.line, column: 1, message: `${file} has no column "join"`, suggestion });
  }
  if (mistakes.length > 0) return { mistakes };
  const second = names.indexOf('leave');
  return { first, second: second === -1 ? undefined : second };
}

function samplesOf(
  body: readonly CsvRow[],
  place: number,
  request: TableRequest,
): TableValue | TableMistake[] {
  const cells = body.map((row) => cellOf(row, place, request));
  const mistakes = cells.flatMap((cell) => ('message' in cell ? [cell] : []));
  if (mistakes.length > 0) return mistakes;
  return { value: { samples: cells.map((cell) => ('written' in cell ? cell.written : '')) } };
}

function traceOf(
  body: readonly CsvRow[],
  { first, second }: Places,
  request: TableRequest,
): TableValue | TableMistake[] {
  const mistakes: TableMistake[] = [];
  const rows = body.map((row) => {
    const join = cellOf(row, first, request);
    const end = second === undefined ? undefined : row.cells[second];
    const leave = end === undefined || end.text === '' ? undefined : cellOf(row, second!, request);
    for (const cell of [join, leave]) if (cell !== undefined && 'message' in cell) mistakes.push(cell);
    if ('message' in join || leave === undefined || 'message' in leave) {
      return { join: 'written' in join ? join.written : '' };
    }
    if (leave.value < join.value) {
      const { line, column } = end!;
      mistakes.push({
        line,
        column,
        message: `leave ${leave.written} is before join ${join.written}`,
        suggestion: 'swap the two',
      });
    }
    return { join: join.written, leave: leave.written };
  });
  return mistakes.length > 0 ? mistakes : { value: rows };
}

interface ReadCell {
  /** With its unit. */
  readonly written: string;
  readonly value: number;
}

function cellOf(row: CsvRow, place: number, { unit, quantity }: TableRequest): ReadCell | TableMistake {
  const cell: CsvCell = row.cells[place] ?? { text: '', line: row.line, column: 1 };
  const { text, line, column } = cell;
  const isBare = PLAIN_NUMBER.test(text);
  if (isBare && unit === '') {
    const suggestion = 'write it in the table, or give csv a unit';
    return { line, column, message: `${text} has no unit`, suggestion };
  }
  const written = isBare ? `${text}${unit}` : text;
  const reading = quantity.read(written);
  if (reading.ok) return { written, value: reading.value };
  const { message, suggestion } = reading;
  return { line, column, message, ...(suggestion === undefined ? {} : { suggestion }) };
}
