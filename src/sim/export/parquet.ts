/** Apache Parquet, for pandas, R, DuckDB and others: a typed column for each of the table's. */
import type { BasicType } from 'hyparquet-writer';
import type { Cell, Table, TableColumn } from '../report/tables.ts';

const TYPES: Readonly<Record<TableColumn['type'], BasicType>> = {
  text: 'STRING',
  integer: 'INT64',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
};

/** The library is loaded when it is needed: few runs are exported. */
export async function renderParquet({ columns, rows }: Table): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const buffer = parquetWriteBuffer({
    columnData: columns.map(({ name, type }, at) => ({
      name,
      type: TYPES[type],
      data: rows.map((row) => valueOf(row[at] ?? null, type)),
    })),
    kvMetadata: columns.flatMap(({ name, unit }) =>
      unit === '' ? [] : [{ key: `unit of ${name}`, value: unit }],
    ),
  });
  return new Uint8Array(buffer);
}

function valueOf(cell: Cell, type: TableColumn['type']): Cell | bigint {
  return type === 'integer' && typeof cell === 'number' ? BigInt(cell) : cell;
}
