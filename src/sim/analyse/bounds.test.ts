import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkSet } from '../../core/chunk-set.ts';
import { clientServerBound, fluidBound, storeAndForwardBound, uploadMs } from './bounds.ts';
import type { BoundPeer, Swarm } from './bounds.ts';

function held(total: number, indices: readonly number[]): ChunkSet {
  const set = new ChunkSet(total);
  indices.forEach((index) => set.add(index));
  return set;
}

function all(total: number): number[] {
  return Array.from({ length: total }, (_, i) => i + 1);
}

/** Four chunks of 1,000 bytes. */
function peer(indices: readonly number[], changes: Partial<BoundPeer> = {}): BoundPeer {
  const rates = { upBytesPerSec: null, downBytesPerSec: null };
  return { ...rates, joinMs: 0, held: held(4, indices), mustComplete: true, ...changes };
}

function swarmOf(...peers: BoundPeer[]): Swarm {
  return { chunkBytes: [1000, 1000, 1000, 1000], peers };
}

const up = (upBytesPerSec: number) => ({ upBytesPerSec });
const seeder = (rate: number) => peer(all(4), up(rate));

describe('bounds between regions', () => {
  const regions = {
    names: ['a', 'b', 'c'],
    capacityBytesPerSec: [
      [null, 100, 50],
      [100, null, 400],
      [50, 400, null],
    ],
  };
  const at = (region: string | null, indices: readonly number[] = []) => peer(indices, { region });

  it('are one copy over the rates into the regions that lack it', () => {
    // Into b and c together 150 bytes/s, into c alone 450, into b alone 500.
    const swarm = { ...swarmOf(at('a', all(4)), at('a'), at('b'), at('b'), at('c')), regions };
    expect(fluidBound(swarm)).toMatchObject({ ms: 4000 / 0.15, limitedBy: 'between-regions' });
  });

  it('leave out what a region holds, and regions without a limit on a way in', () => {
    const half = { ...swarmOf(at('a', all(4)), at('b', [1, 2]), at('b')), regions };
    expect(fluidBound(half)).toMatchObject({ ms: 20_000, limitedBy: 'between-regions' });
    expect(fluidBound({ ...swarmOf(at(null, all(4)), at('b')), regions })).toMatchObject({ ms: 0 });
    expect(fluidBound({ ...swarmOf(at('a', all(4)), at('b')), regions: { names: ['a', 'b'] } }).ms).toBe(0);
  });

  it('are every copy where the seeders send each byte themselves', () => {
    const swarm = { ...swarmOf(at('a', all(4)), at('a'), at('b'), at('b'), at('c')), regions };
    // Two copies to b; the one to c takes 80 s as well.
    expect(clientServerBound(swarm)).toBe(80_000);
  });
});

describe('fluid bound', () => {
  it('is F/u_s when the seeder is slow', () => {
    expect(fluidBound(swarmOf(seeder(1000), peer([]), peer([])))).toMatchObject({
      ms: 4000,
      limitedBy: 'seeder-uplink',
    });
  });

  it('is F/d_min when one downlink is slow', () => {
    const slow = peer([], { ...up(9000), downBytesPerSec: 500 });
    expect(fluidBound(swarmOf(seeder(9000), peer([], up(9000)), slow))).toMatchObject({
      ms: 8000,
      limitedBy: 'downlink',
    });
  });

  it('is N·F/(u_s + Σu) when all uplinks together are slow', () => {
    const leechers = [1, 2, 3].map(() => peer([], up(200)));
    expect(fluidBound(swarmOf(seeder(2000), ...leechers))).toMatchObject({
      ms: expect.closeTo((12_000 / 2600) * 1000, 9),
      limitedBy: 'total-uplink',
    });
  });

  it('adds the uplinks of several initial seeders', () => {
    expect(fluidBound(swarmOf(seeder(1000), seeder(3000), peer([])))).toMatchObject({ ms: 1000 });
  });

  it('asks only for what is missing where peers hold parts', () => {
    // Only the first holds 1 and 2, only the second holds 4, both hold 3: 2 s, 2 s and, for 3 chunks, 2 s.
    const { terms } = fluidBound(swarmOf(peer([1, 2, 3], up(1000)), peer([3, 4], up(500))));
    expect(terms['seeder-uplink']).toBe(2000);
    expect(terms['total-uplink']).toBe(2000);
  });

  it('takes the slowest single holder of a part', () => {
    const { terms } = fluidBound(swarmOf(peer([1, 2, 3], up(1000)), peer([3, 4], up(100))));
    expect(terms['seeder-uplink']).toBe(10_000);
  });

  it('takes parts that several hold together', () => {
    // Chunks 1 to 3 are only at two peers of 100 B/s each: 15 s. Chunk 4 alone takes 1 s.
    const pair = [1, 2].map(() => peer([1, 2, 3], { ...up(100), mustComplete: false }));
    const { ms, limitedBy } = fluidBound(swarmOf(...pair, peer([4], up(1000))));
    expect([ms, limitedBy]).toEqual([15_000, 'seeder-uplink']);
  });

  it('lets a late joiner start late', () => {
    const late = peer([], { joinMs: 5000, downBytesPerSec: 1000 });
    expect(fluidBound(swarmOf(seeder(9000), late))).toMatchObject({ ms: 9000, limitedBy: 'downlink' });
  });

  it('says so when only a late arrival stands in the way', () => {
    expect(fluidBound(swarmOf(peer(all(4)), peer([], { joinMs: 5000 })))).toMatchObject({
      ms: 5000,
      limitedBy: 'late-join',
    });
  });

  it('lets an uplink carry nothing before its peer joins', () => {
    // 2 s at 1,000 B/s carry 2,000 bytes; the other half leaves at 2,000 B/s.
    const second = { ...seeder(1000), joinMs: 2000 };
    expect(fluidBound(swarmOf(seeder(1000), second, peer([])))).toMatchObject({ ms: 3000 });
  });

  it('has no demand from peers that need not complete', () => {
    const helper = peer([], { ...up(1000), downBytesPerSec: 1, mustComplete: false });
    expect(fluidBound(swarmOf(seeder(1000), peer([], up(1000)), helper)).ms).toBe(4000);
  });

  it('vanishes where nothing is limited or nothing is missing', () => {
    expect(fluidBound(swarmOf(peer(all(4)), peer([])))).toMatchObject({ ms: 0, limitedBy: null });
    expect(fluidBound(swarmOf(seeder(1)))).toMatchObject({ ms: 0, limitedBy: null });
  });

  it('is infinite for a chunk that nobody holds and for an uplink of 0', () => {
    expect(fluidBound(swarmOf(peer([1]), peer([2]))).ms).toBe(Infinity);
    expect(fluidBound(swarmOf(seeder(0), peer([]))).ms).toBe(Infinity);
  });
});

describe('client-server bound', () => {
  it('is max(N·F/u_s, F/d_min)', () => {
    expect(clientServerBound(swarmOf(seeder(1000), peer([], up(9)), peer([], up(9))))).toBe(8000);
    expect(clientServerBound(swarmOf(seeder(1000), peer([], { downBytesPerSec: 100 })))).toBe(40_000);
  });

  it('does not exist without a seeder', () => {
    expect(clientServerBound(swarmOf(peer([1, 2, 3]), peer([4])))).toBeNull();
  });
});

describe('store-and-forward bound', () => {
  const leechers = (n: number) => Array.from({ length: n }, () => peer([], up(1000)));

  it.each([
    [1, 4000],
    [2, 5000],
    [3, 5000],
    [4, 6000],
    [8, 7000],
  ])('is M + floor(log2 N) rounds for %i leechers', (n, ms) => {
    expect(storeAndForwardBound(swarmOf(seeder(1000), ...leechers(n)))).toBe(ms);
  });

  it('leaves a shorter last chunk out', () => {
    const swarm = { ...swarmOf(seeder(1000), ...leechers(1)), chunkBytes: [1000, 1000, 1000, 1] };
    expect(storeAndForwardBound(swarm)).toBe(3000);
  });

  it('is never below the fluid bound when chunks are equal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 1e9 }), (n, rate) => {
        const swarm = swarmOf(seeder(rate), ...Array.from({ length: n }, () => peer([], up(rate))));
        expect(storeAndForwardBound(swarm)).toBeGreaterThanOrEqual(fluidBound(swarm).ms * (1 - 1e-12));
      }),
    );
  });

  it('does not exist for two seeders, unequal rates, partial leechers or unlimited links', () => {
    expect(storeAndForwardBound(swarmOf(seeder(1000), seeder(1000), ...leechers(2)))).toBeNull();
    expect(storeAndForwardBound(swarmOf(seeder(2000), ...leechers(2)))).toBeNull();
    expect(storeAndForwardBound(swarmOf(seeder(1000), peer([1], up(1000))))).toBeNull();
    expect(storeAndForwardBound(swarmOf(peer(all(4)), peer([])))).toBeNull();
    expect(storeAndForwardBound(swarmOf())).toBeNull();
  });
});

describe('upload time', () => {
  it('is reached before a later uplink joins, if the earlier ones suffice', () => {
    const uplinks = [
      { joinMs: 0, upBytesPerSec: 1000 },
      { joinMs: 9000, upBytesPerSec: null },
    ];
    expect(uploadMs(2000, uplinks)).toBe(2000);
    expect(uploadMs(20_000, uplinks)).toBe(9000);
  });
});

const rate = fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: null });
const anyPeer = fc.record({
  upBytesPerSec: rate,
  downBytesPerSec: rate,
  joinMs: fc.integer({ min: 0, max: 10_000 }),
  held: fc.subarray(all(4)).map((indices) => held(4, indices)),
  mustComplete: fc.boolean(),
});
const anySwarm = fc
  .array(anyPeer, { minLength: 1, maxLength: 6 })
  .map((peers) => swarmOf(seeder(1000), ...peers));

describe('any swarm', () => {
  function changed(swarm: Swarm, which: number, change: (peer: BoundPeer) => Partial<BoundPeer>): Swarm {
    const position = which % swarm.peers.length;
    const peers = swarm.peers.map((one, i) => (i === position ? { ...one, ...change(one) } : one));
    return { ...swarm, peers };
  }
  const expectNotLess = (after: number, before: number) => {
    expect(after).toBeGreaterThanOrEqual(before * (1 - 1e-9));
  };

  it('has a bound that never falls when a rate drops or a peer joins later', () => {
    fc.assert(
      fc.property(anySwarm, fc.nat(), fc.nat(20_000), (swarm, which, amount) => {
        const { ms } = fluidBound(swarm);
        const lower = (value: number | null) => (value === null ? amount + 1 : Math.max(1, value - amount));
        const variants = [
          changed(swarm, which, ({ upBytesPerSec }) => ({ upBytesPerSec: lower(upBytesPerSec) })),
          changed(swarm, which, ({ downBytesPerSec }) => ({ downBytesPerSec: lower(downBytesPerSec) })),
          changed(swarm, which, ({ joinMs }) => ({ joinMs: joinMs + amount })),
        ];
        for (const variant of variants) expectNotLess(fluidBound(variant).ms, ms);
      }),
    );
  });

  it('has a bound that never falls when a peer holds less at the start', () => {
    fc.assert(
      fc.property(anySwarm, fc.nat(), fc.subarray(all(4)), (swarm, which, kept) => {
        const less = changed(swarm, which, (one) => ({
          held: held(
            4,
            kept.filter((index) => one.held.has(index)),
          ),
        }));
        expectNotLess(fluidBound(less).ms, fluidBound(swarm).ms);
      }),
    );
  });

  it('is never slower by the bound than with its seeders alone', () => {
    fc.assert(
      fc.property(anySwarm, (swarm) => {
        const { terms } = fluidBound(swarm);
        expectNotLess(clientServerBound(swarm)!, Math.max(terms['total-uplink'], terms.downlink));
      }),
    );
  });
});
