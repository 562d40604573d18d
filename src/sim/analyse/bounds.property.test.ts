/** The bounds against swarms that are really scheduled: nothing that can happen may beat them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkSet } from '../../core/chunk-set.ts';
import { clientServerBound, fluidBound, storeAndForwardBound } from './bounds.ts';
import type { BoundPeer, Swarm } from './bounds.ts';

const CHUNKS = 5;

interface Transfer {
  readonly endMs: number;
  readonly from: number;
  readonly to: number;
  readonly index: number;
}

/**
 * A swarm without latency: whenever an uplink and a downlink are free they move a chunk at the lower of their rates.
 * Returns when the last peer that must complete has, or undefined when one never can. `choose` picks among what is
 * possible, so that good and bad schedules occur. With `seedersOnly` leechers pass nothing on.
 */
function schedule(
  swarm: Swarm,
  choose: (options: number) => number,
  seedersOnly: boolean,
): number | undefined {
  const holds = swarm.peers.map(({ held }) => new Set(indices().filter((index) => held.has(index))));
  const sending = new Set<number>();
  const receiving = new Set<number>();
  let running: Transfer[] = [];
  let nowMs = 0;
  const lacking = () => swarm.peers.some((peer, i) => peer.mustComplete && holds[i]!.size < CHUNKS);
  const present = (i: number) => swarm.peers[i]!.joinMs <= nowMs;
  while (lacking()) {
    for (let options = possible(); options.length > 0; options = possible()) {
      const [from, to, index] = options[choose(options.length)]!;
      const rate = Math.min(swarm.peers[from]!.upBytesPerSec!, swarm.peers[to]!.downBytesPerSec!);
      running.push({ endMs: nowMs + (swarm.chunkBytes[index - 1]! * 1000) / rate, from, to, index });
      sending.add(from);
      receiving.add(to);
    }
    const joins = swarm.peers.map(({ joinMs }) => joinMs).filter((joinMs) => joinMs > nowMs);
    const nextMs = Math.min(...running.map(({ endMs }) => endMs), ...joins);
    if (nextMs === Infinity) return undefined;
    nowMs = nextMs;
    for (const { from, to, index } of running.filter(({ endMs }) => endMs <= nowMs)) {
      holds[to]!.add(index);
      sending.delete(from);
      receiving.delete(to);
    }
    running = running.filter(({ endMs }) => endMs > nowMs);
  }
  return nowMs;

  function possible(): (readonly [number, number, number])[] {
    const all = [...swarm.peers.keys()].filter(present);
    const senders = all.filter((i) => !sending.has(i) && (!seedersOnly || swarm.peers[i]!.held.complete));
    return senders.flatMap((from) =>
      all
        .filter((to) => to !== from && !receiving.has(to))
        .flatMap((to) =>
          [...holds[from]!].filter((c) => !holds[to]!.has(c)).map((c) => [from, to, c] as const),
        ),
    );
  }
}

function indices(): number[] {
  return Array.from({ length: CHUNKS }, (_, i) => i + 1);
}

function setOf(held: readonly number[]): ChunkSet {
  const set = new ChunkSet(CHUNKS);
  held.forEach((index) => set.add(index));
  return set;
}

const anyPeer: fc.Arbitrary<BoundPeer> = fc.record({
  upBytesPerSec: fc.integer({ min: 1, max: 5000 }),
  downBytesPerSec: fc.integer({ min: 1, max: 5000 }),
  joinMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })),
  held: fc.oneof(fc.constant([]), fc.constant(indices()), fc.subarray(indices())).map(setOf),
  mustComplete: fc.boolean(),
});
const anySwarm: fc.Arbitrary<Swarm> = fc.record({
  chunkBytes: fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: CHUNKS, maxLength: CHUNKS }),
  peers: fc.array(anyPeer, { minLength: 2, maxLength: 6 }),
});

describe('no schedule beats', () => {
  const slack = 1 - 1e-9;

  it('the fluid bound, whoever holds what, joins late or need not complete', () => {
    fc.assert(
      fc.property(anySwarm, fc.infiniteStream(fc.nat()), (swarm, draws) => {
        const { ms } = fluidBound(swarm);
        const makespanMs = schedule(swarm, (options) => Number(draws.next().value) % options, false);
        if (makespanMs !== undefined) expect(makespanMs).toBeGreaterThanOrEqual(ms * slack);
      }),
      { numRuns: 500 },
    );
  });

  it('the client-server bound, when only seeders send', () => {
    fc.assert(
      fc.property(anySwarm, fc.infiniteStream(fc.nat()), (swarm, draws) => {
        const ms = clientServerBound(swarm);
        const makespanMs = schedule(swarm, (options) => Number(draws.next().value) % options, true);
        if (ms !== null && makespanMs !== undefined) expect(makespanMs).toBeGreaterThanOrEqual(ms * slack);
      }),
      { numRuns: 500 },
    );
  });

  it('the store-and-forward bound, when chunks are passed on whole at equal rates', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.infiniteStream(fc.nat()), (leechers, draws) => {
        const rates = { upBytesPerSec: 1000, downBytesPerSec: 1e9, joinMs: 0, mustComplete: true };
        const peers = [indices(), ...Array.from({ length: leechers }, () => [])].map((held) => ({
          ...rates,
          held: setOf(held),
        }));
        const swarm = { chunkBytes: indices().map(() => 1000), peers };
        const makespanMs = schedule(swarm, (options) => Number(draws.next().value) % options, false)!;
        expect(makespanMs).toBeGreaterThanOrEqual(storeAndForwardBound(swarm)! * slack);
      }),
    );
  });

  it('the bounds that are attained: a chain of one leecher needs exactly F/u', () => {
    const rates = { upBytesPerSec: 1000, downBytesPerSec: 1000, joinMs: 0, mustComplete: true };
    const swarm = {
      chunkBytes: indices().map(() => 1000),
      peers: [
        { ...rates, held: setOf(indices()) },
        { ...rates, held: setOf([]) },
      ],
    };
    expect(schedule(swarm, () => 0, false)).toBe(fluidBound(swarm).ms);
    expect(schedule(swarm, () => 0, false)).toBe(storeAndForwardBound(swarm));
  });
});
