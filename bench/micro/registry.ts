import { ChunkSet } from '../../src/core/chunk-set.ts';
import { seededRandom } from '../../src/core/random.ts';
import { Registry } from '../../src/core/tracker/registry.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

const PEERS = 10_000;
const TOTAL_CHUNKS = 1_000;
const OPS_PER_CALL = 100;
const HASH = '0123456789abcdef0123456789abcdef01234567';

function address(at: number) {
  return { host: `10.0.${at >> 8}.${at & 255}`, port: 6881 };
}

function claim(index: number) {
  return { index, bytes: 262_144, hash: HASH };
}

/** 10,000 swarm peers: ten hold all of 1,000 chunks, the others the first 1 to 20; all agreed. */
function fullRegistry() {
  const registry = new Registry({ random: seededRandom('registry') }, { agreement: 1 });
  const members = Array.from({ length: PEERS }, (_, at) => {
    const member = registry.join(address(at), TOTAL_CHUNKS)!;
    const held = at < 10 ? TOTAL_CHUNKS : 1 + (at % 20);
    const bits = new ChunkSet(TOTAL_CHUNKS);
    for (let index = 1; index <= held; index++) bits.add(index);
    registry.update(member, bits, [...bits].map(claim));
    return member;
  });
  return { registry, members };
}

export const registryBenchmarks: readonly MicroBenchmark[] = [
  {
    name: 'registry: announce with one new claim, 10,000 peers',
    opsPerCall: OPS_PER_CALL,
    prepare() {
      const { registry, members } = fullRegistry();
      let turn = 10;
      return () => {
        for (let count = 0; count < OPS_PER_CALL; count++) {
          const member = members[10 + (turn++ % (PEERS - 10))]!;
          const index = 1 + (turn % TOTAL_CHUNKS);
          const bits = ChunkSet.fromBits(member.bits.toBits(), TOTAL_CHUNKS)!;
          bits.add(index);
          registry.update(member, bits, [claim(index)]);
        }
        return registry.agreedEnd;
      };
    },
  },
  {
    name: 'registry: sample 50 of 10,000 peers',
    opsPerCall: OPS_PER_CALL,
    prepare() {
      const { registry } = fullRegistry();
      let turn = 0;
      return () => {
        let sum = 0;
        for (let count = 0; count < OPS_PER_CALL; count++) {
          sum += registry.sample(50, address(turn++ % PEERS)).length;
        }
        return sum;
      };
    },
  },
  {
    name: 'registry: where is a chunk of many holders, 10,000 peers',
    opsPerCall: OPS_PER_CALL,
    prepare() {
      const { registry } = fullRegistry();
      return () => {
        let sum = 0;
        for (let count = 0; count < OPS_PER_CALL; count++) {
          sum += registry.locate(1 + (count % 10), 'plain', address(0))!.holders.length;
        }
        return sum;
      };
    },
  },
  {
    name: 'registry: where is a chunk of 10 holders, 10,000 peers',
    opsPerCall: 1,
    prepare() {
      const { registry } = fullRegistry();
      let turn = 0;
      return () => registry.locate(500 + (turn++ % 100), 'plain', address(0))!.holders.length;
    },
  },
  {
    name: 'registry: a peer joins and leaves, 10,000 peers',
    opsPerCall: OPS_PER_CALL,
    prepare() {
      const { registry } = fullRegistry();
      return () => {
        for (let count = 0; count < OPS_PER_CALL; count++) {
          registry.leave(registry.join(address(PEERS + count), TOTAL_CHUNKS)!);
        }
        return registry.swarmPeers;
      };
    },
  },
];
