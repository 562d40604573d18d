#!/bin/sh
# `piece-length`, which WebTorrent's create-torrent asks for the length of pieces, gives content of more than 1.41 TiB the
# least of all: 16 KiB. It shifts 1 by the logarithm, and from 31 on the result is negative: a power of two in 32 bits. Up to
# that size content has about a thousand pieces each, then 95 million, whose hashes are 1.9 GB of a .torrent file. The limit
# `maxPieceLength` of create-torrent hides the pieces of 1 GiB below that size, but is no remedy above.
#
#     1.40 TiB: pieces of 1073741824 bytes, 1434 of them, 28.7 kB of hashes
#     1.42 TiB: pieces of 16384 bytes, 95294587 of them, 1905891.7 kB of hashes
#     9.09 TiB: pieces of 16384 bytes, 610351563 of them, 12207031.3 kB of hashes
#
# Seen with piece-length 2.0.1 on Node 20; create-torrent 6.1.3 depends on it. What helps: to give create-torrent a
# `pieceLength`.
#
# Needs node and npm. Fails when the behaviour is another.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund piece-length@2.0.1

cat >large.js <<'JS'
import pieceLength from 'piece-length';

const TIB = 1024 ** 4;
const SHA1_BYTES = 20;
const seen = [
  [1.4 * TIB, 1024 ** 3],
  [1.42 * TIB, 16 * 1024],
  [10e12, 16 * 1024],
];
for (const [bytes, expected] of seen) {
  const length = pieceLength(bytes);
  const pieces = Math.ceil(bytes / length);
  const hashes = ((pieces * SHA1_BYTES) / 1000).toFixed(1);
  console.log(`${(bytes / TIB).toFixed(2)} TiB: pieces of ${length} bytes, ${pieces} of them, ${hashes} kB of hashes`);
  if (length !== expected) process.exitCode = 1;
}
JS
node large.js
