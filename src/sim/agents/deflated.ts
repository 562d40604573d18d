/** Compressed bytes: small ones at once, since to have a thread of its own do it would cost more. */
import { promisify } from 'node:util';
import { deflate, deflateSync, inflate, inflateSync } from 'node:zlib';

const SMALL_BYTES = 256 * 1024;
/** Fast rather than small. */
const LEVEL = 1;

const pack = promisify<Uint8Array, { level: number }, Buffer>(deflate);
const unpack = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflate);

export async function deflated(text: string): Promise<Uint8Array> {
  const bytes = Buffer.from(text);
  return bytes.length <= SMALL_BYTES ? deflateSync(bytes, { level: LEVEL }) : pack(bytes, { level: LEVEL });
}

/** @throws they are no such bytes, or more than `maxOutputLength` */
export async function inflated(bytes: Uint8Array, maxOutputLength: number): Promise<Buffer> {
  return bytes.length <= SMALL_BYTES
    ? inflateSync(bytes, { maxOutputLength })
    : unpack(bytes, { maxOutputLength });
}
