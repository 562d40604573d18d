import type { Random } from '../../src/core/interfaces.ts';
import { ChunkSet } from '../../src/core/chunk-set.ts';
import { pickerNames, pickers, type PickerName } from '../../src/core/peer/swarm/pickers/pickers.ts';
import { RarityIndex } from '../../src/core/peer/swarm/pickers/rarity-index.ts';
import { seededRandom } from '../../src/core/random.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

const TOTAL_CHUNKS = 10_000;
const NEIGHBOURS = 100;
const PICKS_PER_CALL = 100;

interface Neighbourhood {
  readonly neighbours: readonly ChunkSet[];
  readonly rarity: RarityIndex;
  readonly random: Random;
}

/** A hundred neighbours that hold between nothing and everything, spread evenly. */
function neighbourhood(): Neighbourhood {
  const random = seededRandom('picker');
  const rarity = new RarityIndex(TOTAL_CHUNKS);
  for (let index = 1; index <= TOTAL_CHUNKS; index++) rarity.setPickable(index, true);
  const neighbours = Array.from({ length: NEIGHBOURS }, (_, at) => {
    const held = new ChunkSet(TOTAL_CHUNKS);
    for (let index = 1; index <= TOTAL_CHUNKS; index++) {
      if (random.next() >= at / (NEIGHBOURS - 1)) continue;
      held.add(index);
      rarity.changeCopies(index, 1);
    }
    return held;
  });
  return { neighbours, rarity, random };
}

/** Picks for each neighbour in turn, of all 10,000 chunks; a picked chunk may be picked again. */
function singlePicks(name: PickerName): MicroBenchmark {
  return {
    name: `picker: ${name}, a pick of 10,000 chunks, 100 neighbours`,
    opsPerCall: PICKS_PER_CALL,
    prepare() {
      const { neighbours, rarity, random } = neighbourhood();
      const pick = pickers[name];
      let turn = 0;
      return () => {
        let sum = 0;
        for (let count = 0; count < PICKS_PER_CALL; count++) {
          const neighbour = neighbours[turn++ % NEIGHBOURS]!;
          sum += pick(rarity, (index) => neighbour.has(index), random) ?? 0;
        }
        return sum;
      };
    },
  };
}

/** All that a peer does with its index from nothing to everything: each chunk is picked once, then no more. */
function wholeDownload(name: PickerName): MicroBenchmark {
  return {
    name: `picker: ${name}, a whole download of 10,000 chunks from 100 neighbours`,
    opsPerCall: 1,
    prepare() {
      const { neighbours, rarity, random } = neighbourhood();
      const pick = pickers[name];
      return () => {
        let sum = 0;
        for (let turn = 0; rarity.size > 0; turn++) {
          const neighbour = neighbours[turn % NEIGHBOURS]!;
          const index = pick(rarity, (chunk) => neighbour.has(chunk), random);
          if (index === undefined) continue;
          rarity.setPickable(index, false);
          sum = (sum * 31 + index) % 0x7fffffff;
        }
        for (let index = 1; index <= TOTAL_CHUNKS; index++) rarity.setPickable(index, true);
        return sum;
      };
    },
  };
}

const rarityChanges: MicroBenchmark = {
  name: 'picker: rarity index, a neighbour announces a chunk and is gone',
  opsPerCall: PICKS_PER_CALL,
  prepare() {
    const { rarity } = neighbourhood();
    return () => {
      for (let index = 1; index <= PICKS_PER_CALL; index++) {
        rarity.changeCopies(index, 1);
        rarity.changeCopies(index, -1);
      }
      return rarity.copies(1);
    };
  },
};

export const pickerBenchmarks: readonly MicroBenchmark[] = [
  ...pickerNames.map(singlePicks),
  ...pickerNames.map(wholeDownload),
  rarityChanges,
];
