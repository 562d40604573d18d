/** Content made from a seed: the same bytes on every machine, at the speed of the cipher. */
import { createCipheriv, createHash } from 'node:crypto';
import { MIB } from '../../core/units.ts';

/** Longest piece that `generateChunk` hands over, in bytes. */
const PIECE_BYTES_MAX = MIB;

const ZEROS = Buffer.alloc(PIECE_BYTES_MAX);

/** Size of chunk i at [i-1]: all `chunkBytes` but the last, which has the rest. */
export function generatedChunkBytes(totalBytes: number, chunkBytes: number, totalChunks: number): number[] {
  return Array.from({ length: totalChunks }, (_, at) =>
    Math.max(0, Math.min(chunkBytes, totalBytes - at * chunkBytes)),
  );
}

/**
 * The bytes of one chunk in pieces of up to 1 MiB: the key stream of AES-256-CTR, whose key is the SHA-256 of the
 * seed and whose upper counter half is the chunk's index, so that each chunk can be made by itself.
 */
export function* generateChunk(seed: string, index: number, bytes: number): Generator<Buffer> {
  const cipher = chunkCipher(seed, index);
  for (let done = 0; done < bytes; done += PIECE_BYTES_MAX) {
    yield cipher.update(ZEROS.subarray(0, Math.min(PIECE_BYTES_MAX, bytes - done)));
  }
}

function chunkCipher(seed: string, index: number): ReturnType<typeof createCipheriv> {
  const counter = Buffer.alloc(16);
  counter.writeUInt32BE(index, 4);
  return createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), counter);
}
