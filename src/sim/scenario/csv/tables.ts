/** Tables in CSV files, read into the scenario before it is validated: samples of a quantity, and traces of sessions. */
import { isAbsolute, join, dirname } from 'node:path';
import { tableSchema } from '../language/distribution-schema.ts';
import type { Path } from '../source/yaml-source.ts';
import { attempt, type TextReader } from '../source/inheritance.ts';
import { suggestKnown } from '../source/did-you-mean.ts';
import { isPlainMap } from '../source/plain-data.ts';
import type { Problem } from '../source/problems.ts';
import { cellsOf, type TableMistake } from './samples-and-traces.ts';
import { readCsv } from './csv-rows.ts';
import { isTrace, type TableQuantity } from './table-quantity.ts';
import type { Report } from '../source/variables.ts';

/** Of one table; those that follow are only counted. */
const MISTAKES_MAX = 10;

export interface TableComponents {
  readonly readText: TextReader;
  /** The file in which a path is written: what it names is relative to that. */
  readonly fileOf: (path: Path) => string;
  /** What a table at the path is made of; undefined where none can stand. */
  readonly quantityOf: (path: Path) => TableQuantity | undefined;
  readonly report: Report;
  /** A mistake inside of a table. */
  readonly reportRow: (problem: Problem, text: string) => void;
}

/**
 * Data with each `{ csv: … }` replaced: below `trace` by its rows, elsewhere by `{ samples: […] }`. What is wrong with a
 * table is reported, and the table left as it is; what is wrong with the map that names it is left to validation.
 * Variables are read where they are used.
 */
export function withTables(data: unknown, components: TableComponents, path: Path = []): unknown {
  if (Array.isArray(data)) return data.map((item, at) => withTables(item, components, [...path, at]));
  if (!isPlainMap(data)) return data;
  const quantity = Object.hasOwn(data, 'csv') ? components.quantityOf(path) : undefined;
  if (quantity !== undefined) {
    const table = tableSchema.safeParse(data.csv);
    if (!table.success || Object.keys(data).length > 1) return data;
    const named: NamedTable = typeof table.data === 'string' ? { file: table.data } : table.data;
    const filePath = typeof data.csv === 'string' ? [...path, 'csv'] : [...path, 'csv', 'file'];
    return readTable(named, path, filePath, quantity, components) ?? data;
  }
  return Object.fromEntries(
    Object.entries(data).map(([key, item]) =>
      path.length === 0 && key === 'variables'
        ? [key, item]
        : [key, withTables(item, components, [...path, key])],
    ),
  );
}

/** As the scenario names it. */
interface NamedTable {
  readonly file: string;
  readonly column?: string | undefined;
  readonly unit?: string | undefined;
}

/** What takes the place of the map with csv; undefined when a mistake was reported. */
function readTable(
  { file: named, column, unit = '' }: NamedTable,
  at: Path,
  filePath: Path,
  quantity: TableQuantity,
  { readText, fileOf, report, reportRow }: TableComponents,
): unknown {
  const path = [...at, 'csv'];
  const file = isAbsolute(named) ? named : join(dirname(fileOf(filePath)), named);
  if (unit !== '' && !Object.hasOwn(quantity.kind.units, unit)) {
    const message = `"${unit}" is not a unit of ${quantity.kind.name}`;
    report([...path, 'unit'], message, suggestKnown(unit, Object.keys(quantity.kind.units)));
    return undefined;
  }
  if (isTrace(at) && column !== undefined) {
    report(
      [...path, 'column'],
      'has no effect in a trace',
      'remove it: the columns are join and leave',
      'key',
    );
    return undefined;
  }
  const content = attempt(() => readText(file));
  if (!content.ok) {
    const fix = 'the path is relative to the file that names it';
    report(filePath, `${file} cannot be read: ${content.reason}`, fix);
    return undefined;
  }
  const { rows, mistake } = readCsv(content.value);
  const cells =
    mistake === undefined ? cellsOf(rows, { file, column, unit, quantity, isTrace: isTrace(at) }) : [];
  if (!Array.isArray(cells)) return cells.value;
  const mistakes: readonly TableMistake[] = mistake === undefined ? cells : [mistake];
  for (const { line, column: place, key, message, suggestion } of toldMistakes(mistakes)) {
    const about = suggestion === undefined ? {} : { suggestion };
    if (line !== undefined)
      reportRow({ file, line, column: place ?? 1, path: path.join('.'), message, ...about }, content.value);
    else report(key === undefined ? filePath : [...path, key], message, suggestion);
  }
  return undefined;
}

function toldMistakes(mistakes: readonly TableMistake[]): readonly TableMistake[] {
  const [next] = mistakes.slice(MISTAKES_MAX);
  if (next === undefined) return mistakes;
  const message = `from here on there are ${mistakes.length - MISTAKES_MAX} more mistakes`;
  return [...mistakes.slice(0, MISTAKES_MAX), { line: next.line, column: next.column, message }];
}
