import { generateChunk } from '../../src/sim/content/generated.ts';

/** The same bytes on every machine. */
export function pseudoRandomBytes(bytes: number): Buffer {
  return Buffer.concat([...generateChunk('bench', 1, bytes)].map((piece) => Buffer.from(piece)));
}
