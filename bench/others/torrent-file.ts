/** A torrent of one file (BEP 3), for programs that make none themselves. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';

export function torrentOf(file: string, pieceBytes: number, announce: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const length = fstatSync(descriptor).size;
    const hashes: Buffer[] = [];
    const piece = Buffer.alloc(pieceBytes);
    for (let at = 0; at < length; at += pieceBytes) {
      const bytes = readSync(descriptor, piece, 0, pieceBytes, at);
      hashes.push(createHash('sha1').update(piece.subarray(0, bytes)).digest());
    }
    const info = { length, name: basename(file), 'piece length': pieceBytes, pieces: Buffer.concat(hashes) };
    return bencode({ announce, info });
  } finally {
    closeSync(descriptor);
  }
}

type Bencodable = number | string | Buffer | readonly Bencodable[] | { readonly [key: string]: Bencodable };

export function bencode(value: Bencodable): Buffer {
  if (typeof value === 'number') return Buffer.from(`i${value}e`);
  if (typeof value === 'string') return bencode(Buffer.from(value));
  if (Buffer.isBuffer(value)) return Buffer.concat([Buffer.from(`${value.length}:`), value]);
  if (Array.isArray(value)) {
    return Buffer.concat([Buffer.from('l'), ...value.map(bencode), Buffer.from('e')]);
  }
  const entries = Object.entries(value as Readonly<Record<string, Bencodable>>).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const parts = entries.flatMap(([key, one]) => [bencode(key), bencode(one)]);
  return Buffer.concat([Buffer.from('d'), ...parts, Buffer.from('e')]);
}
