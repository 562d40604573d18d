#!/bin/sh
# hyparquet-writer guesses the type of a column that says none from its first 1,000 values: integers, of whatever size,
# become INT32. By the encodings DELTA_BINARY_PACKED and BYTE_STREAM_SPLIT it then writes other numbers than it was given,
# without an error: what exceeds 2^31 - 1 wraps around, also where the column is declared as INT32, and BYTE_STREAM_SPLIT
# cuts off the fractions of values after the first 1,000. The statistics of the file are the least and the greatest value,
# wrapped, so that they fit neither what was given nor what was written. By the other encodings both columns are refused.
#
# Bytes that a peer has sent, up to 2.8 GB, and share ratios, 1 for a thousand peers and then 0.5, written and read back:
#
#     bytes by PLAIN: parquet expected int32 value, got 2400000000
#     bytes by RLE_DICTIONARY: parquet expected int32 value, got 2400000000
#     bytes by DELTA_BINARY_PACKED: 2000000000, -1894967296, -1494967296
#     their statistics: from 0 to -1494967296
#     bytes by BYTE_STREAM_SPLIT: 2000000000, -1894967296, -1494967296
#     their statistics: from 0 to -1494967296
#     ratios by PLAIN: parquet expected integer value, got 0.5
#     ratios by BYTE_STREAM_SPLIT: 1, 1, 0
#
# Seen with hyparquet-writer 0.17.0 and hyparquet 1.31.5 on Node 20; pyarrow 25.0.1 reads the same wrong numbers. Its README
# says that the type is guessed and that floats might become integers, but not that a value is changed. What helps: to say
# the type of each column, INT64 with bigints for bytes and DOUBLE for ratios; INT64 out of range is refused.
#
# Needs node and npm. Fails when the behaviour is another.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund hyparquet-writer@0.17.0 hyparquet@1.31.5

cat >wraps.js <<'JS'
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';

const columns = {
  bytes: Array.from({ length: 8 }, (_, second) => second * 400_000_000),
  ratios: [...Array(1000).fill(1), 0.5],
};

const written = (name, encoding) =>
  parquetWriteBuffer({ columnData: [{ name, data: columns[name], encoding }] });

/** The last three values as they are read back, or why they were not written. */
async function readBack(name, encoding) {
  let file;
  try {
    file = written(name, encoding);
  } catch (error) {
    return error.message;
  }
  const rows = await parquetReadObjects({ file });
  return rows.slice(-3).map((row) => row[name]).join(', ');
}

function statistics(name, encoding) {
  const { columns: chunks } = parquetMetadata(written(name, encoding)).row_groups[0];
  const { min_value: least, max_value: greatest } = chunks[0].meta_data.statistics;
  return `from ${least} to ${greatest}`;
}

const WRAPPED = '2000000000, -1894967296, -1494967296';
const WRAPPED_STATISTICS = 'from 0 to -1494967296';
const seen = [
  ['bytes', 'PLAIN', 'parquet expected int32 value, got 2400000000'],
  ['bytes', 'RLE_DICTIONARY', 'parquet expected int32 value, got 2400000000'],
  ['bytes', 'DELTA_BINARY_PACKED', WRAPPED],
  ['bytes', 'BYTE_STREAM_SPLIT', WRAPPED],
  ['ratios', 'PLAIN', 'parquet expected integer value, got 0.5'],
  ['ratios', 'BYTE_STREAM_SPLIT', '1, 1, 0'],
];
for (const [name, encoding, expected] of seen) {
  const read = await readBack(name, encoding);
  console.log(`${name} by ${encoding}: ${read}`);
  if (read !== expected) process.exitCode = 1;
  if (expected !== WRAPPED) continue;
  const range = statistics(name, encoding);
  console.log(`their statistics: ${range}`);
  if (range !== WRAPPED_STATISTICS) process.exitCode = 1;
}
JS
node wraps.js
