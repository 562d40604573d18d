import { describe, expect, it } from 'vitest';
import type { Address } from '../../../interfaces.ts';
import { seededRandom } from '../../../random.ts';
import { KnownPeers } from './known-peers.ts';

const addressOf = (port: number): Address => ({ host: 'claimed', port });
const addresses = Array.from({ length: 2_000 }, (_, at) => addressOf(at + 1));

function full(): KnownPeers {
  const known = new KnownPeers({ random: seededRandom('one') });
  known.learn(addresses, 0);
  return known;
}

describe('a peer that knows 2,000 addresses', () => {
  it('learns no further one as long as each of them may be reached', () => {
    const known = full();
    known.learn([addressOf(2_001)], 0);
    expect(known.get(addressOf(2_001))).toBeUndefined();
  });

  it('gives the places of those that it could not reach to new ones, as often as that happens', () => {
    const known = full();
    for (const fresh of [2_001, 2_002]) {
      const unreachable = known.get(addressOf(fresh - 2_000))!;
      known.failed(unreachable, 0);
      known.learn([addressOf(fresh), addressOf(9_999)], 0);
      expect(known.get(unreachable.address)).toBeUndefined();
      expect(known.get(addressOf(fresh))).toMatchObject({ failures: 0, nextDialMs: 0 });
      expect(known.get(addressOf(9_999))).toBeUndefined();
    }
  });
});

describe('a peer that has met another in vain', () => {
  /** The pauses after so many times in a row. */
  const pausesOf = (seed: string, how: 'putOff' | 'failed', times: number): number[] => {
    const known = new KnownPeers({ random: seededRandom(seed) });
    const address = addressOf(1);
    known.learn([address], 0);
    const other = known.get(address)!;
    return Array.from({ length: times }, () => {
      known[how](other, 0);
      return other.nextDialMs;
    });
  };

  it.each(['putOff', 'failed'] as const)(
    'waits 1 s, then about twice as long each time, up to 90 s (%s)',
    (how) => {
      const [first, ...later] = pausesOf('one', how, 12);
      expect(first).toBe(1000);
      for (const [at, pause] of later.entries()) {
        const least = Math.min(60_000, 2000 * 2 ** at);
        expect(pause).toBeGreaterThanOrEqual(least);
        expect(pause).toBeLessThanOrEqual(1.5 * least);
      }
    },
  );

  it('does not wait as long as others do, who would take its place each time', () => {
    const [one, other] = ['one', 'other'].map((seed) => pausesOf(seed, 'putOff', 8).slice(1));
    for (const [at, pause] of one!.entries()) expect(pause).not.toBe(other![at]);
  });
});
