import { ChunkSet } from '../../src/core/chunk-set.ts';
import { seededRandom, shuffled } from '../../src/core/random.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

const TOTAL_CHUNKS = 10_000;

function everyIndex(): number[] {
  return Array.from({ length: TOTAL_CHUNKS }, (_, at) => at + 1);
}

function halfFull(): ChunkSet {
  const set = new ChunkSet(TOTAL_CHUNKS);
  for (const index of shuffled(everyIndex(), seededRandom('half')).slice(0, TOTAL_CHUNKS / 2)) set.add(index);
  return set;
}

export const chunkSetBenchmarks: readonly MicroBenchmark[] = [
  {
    name: 'chunk set: add 10,000 chunks in random order',
    opsPerCall: TOTAL_CHUNKS,
    prepare() {
      const order = shuffled(everyIndex(), seededRandom('order'));
      return () => {
        const set = new ChunkSet(TOTAL_CHUNKS);
        for (const index of order) set.add(index);
        return set.size;
      };
    },
  },
  {
    name: 'chunk set: has, of 10,000 chunks',
    opsPerCall: TOTAL_CHUNKS,
    prepare() {
      const set = halfFull();
      return () => {
        let sum = 0;
        for (let index = 1; index <= TOTAL_CHUNKS; index++) if (set.has(index)) sum += index;
        return sum;
      };
    },
  },
  {
    name: 'chunk set: bits out and in again, 10,000 chunks',
    opsPerCall: 1,
    prepare() {
      const set = halfFull();
      return () => ChunkSet.fromBits(set.toBits(), TOTAL_CHUNKS)!.size;
    },
  },
  {
    name: 'chunk set: list the missing of 10,000 chunks',
    opsPerCall: 1,
    prepare() {
      const set = halfFull();
      return () => set.missing().at(-1)!;
    },
  },
];
