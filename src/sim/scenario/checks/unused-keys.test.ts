import { describe, expect, test } from 'vitest';
import { planOf, small } from '../fixture.ts';

const noticesOf = (tracker: string, protocols: readonly [string, string]): readonly string[] => {
  const [seeder, leecher] = protocols.map((protocol) => `protocol: ${protocol}`);
  const peers = `peers: { seeder: { holds: all, count: 2, ${seeder!} }, leecher: { ${leecher!} } }`;
  return planOf(`${small}tracker: ${tracker}\n${peers}\n`).notices ?? [];
};
const everything =
  '{ edition: hashed, agreement: 1, announce_interval: 20s, silence_limit: 50s, peers_per_answer: 9 }';

describe('the plan notes keys of the tracker that concern none of the peers:', () => {
  test('those of swarm peers, when all speak spec', () => {
    const why =
      'no effect unless clients from outside join, since only swarm peers announce again and again, but all peers speak spec';
    expect(noticesOf('{ announce_interval: 20s }', ['spec', 'spec'])).toEqual([
      `tracker.announce_interval: ${why}`,
    ]);
    expect(noticesOf(everything, ['spec', 'spec'])).toEqual([
      `tracker.announce_interval, tracker.silence_limit, tracker.peers_per_answer: ${why}`,
    ]);
  });

  test('an agreement on hashes, when nobody tells one', () => {
    const notice =
      'tracker.agreement: no effect unless clients from outside join, since the plain edition has no hashes, but all peers speak the spec protocol';
    expect(noticesOf('{ agreement: 2 }', ['spec', 'spec'])).toEqual([notice]);
    expect(noticesOf('{ agreement: 2, edition: hashed }', ['spec', 'spec'])).toEqual([]);
    expect(noticesOf('{ agreement: 2 }', ['swarm', 'swarm'])).toEqual([]);
  });

  test('the edition of the spec protocol, when all speak swarm', () => {
    const notice =
      'tracker.edition: no effect unless clients from outside join, since only spec peers have an edition, but all peers speak swarm';
    expect(noticesOf('{ edition: hashed, agreement: 1 }', ['swarm', 'swarm'])).toEqual([notice]);
    expect(noticesOf('{ edition: plain }', ['swarm', 'swarm'])).toEqual([notice]);
    // By default it is an agreement of 2, for swarm peers too.
    expect(noticesOf('{ edition: hashed }', ['swarm', 'swarm'])).toEqual([]);
  });

  test('none, when some peer minds, or no key is given', () => {
    expect(noticesOf(everything, ['spec', 'swarm'])).toEqual([]);
    expect(noticesOf('{}', ['swarm', 'swarm'])).toEqual([]);
  });
});
