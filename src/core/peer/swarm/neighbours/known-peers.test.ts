import { describe, expect, it } from 'vitest';
import type { Address } from '../../../interfaces.ts';
import { KnownPeers } from './known-peers.ts';

const addressOf = (port: number): Address => ({ host: 'claimed', port });
const addresses = Array.from({ length: 2_000 }, (_, at) => addressOf(at + 1));

function full(): KnownPeers {
  const known = new KnownPeers();
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
