/** Bytes for a journey, compressed unless they are few: a plan of some peers is soon sent, a report is mostly text. The first byte tells. */
import { promisify } from 'node:util';
import { deflate, deflateSync, inflate, inflateSync } from 'node:zlib';

const PLAIN_BYTES_MAX = 8 * 1024;
const PLAIN = 0;
const COMPRESSED = 1;
/** Up to so many at once, since to have a thread of its own do it would cost more. */
const SMALL_BYTES = 256 * 1024;
/** Fast rather than small. */
const LEVEL = 1;

const pack = promisify<Uint8Array, { level: number }, Buffer>(deflate);
const unpack = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflate);

export async function packed(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.length <= SMALL_BYTES) return packedNow([bytes]);
  return marked(COMPRESSED, [await pack(bytes, { level: LEVEL })]);
}

/** Of pieces, in order. For whoever has a thread of its own, and nothing else to do. */
export function packedNow(pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length <= PLAIN_BYTES_MAX) return marked(PLAIN, pieces);
  return marked(COMPRESSED, [deflateSync(Buffer.concat(pieces, length), { level: LEVEL })]);
}

/** @throws they are no such bytes, or more than `bytesMax` */
export async function unpacked(bytes: Uint8Array, bytesMax: number): Promise<Buffer> {
  const [mark] = bytes;
  const rest = Buffer.from(bytes.buffer, bytes.byteOffset + 1, Math.max(0, bytes.length - 1));
  if (mark === PLAIN) {
    if (rest.length > bytesMax) throw new RangeError(`${rest.length} bytes are more than ${bytesMax}`);
    return rest;
  }
  if (mark !== COMPRESSED) throw new Error('it begins with none of the marks of packed bytes');
  const limit = { maxOutputLength: bytesMax };
  return rest.length <= SMALL_BYTES ? inflateSync(rest, limit) : unpack(rest, limit);
}

function marked(mark: number, pieces: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of(mark), ...pieces]);
}
