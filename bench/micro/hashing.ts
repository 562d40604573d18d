import { createHash } from 'node:crypto';
import { KIB, MIB } from '../../src/core/units.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';
import { pseudoRandomBytes } from './pseudo-random.ts';

const CHUNK_BYTES = 256 * KIB;
/** More than the caches of most processors hold: a chunk that comes off a socket is not in them as a whole either. */
const CONTENT_BYTES = 32 * MIB;

export const hashingBenchmarks: readonly MicroBenchmark[] = ['sha1', 'sha256'].map((algorithm) => ({
  name: `hash: ${algorithm}, chunk of 256 KiB`,
  opsPerCall: 1,
  bytesPerOp: CHUNK_BYTES,
  prepare() {
    const content = pseudoRandomBytes(CONTENT_BYTES);
    let at = 0;
    return () => {
      const chunk = content.subarray(at, at + CHUNK_BYTES);
      at = (at + CHUNK_BYTES) % CONTENT_BYTES;
      return createHash(algorithm).update(chunk).digest().readUInt32BE(0);
    };
  },
}));
