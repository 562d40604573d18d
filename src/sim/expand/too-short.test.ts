import { describe, expect, it } from 'vitest';
import { planOf } from '../scenario/fixture.ts';
import { firstChunkTimes } from '../analyse/first-chunk.ts';
import { runVirtually } from '../../../test/seam/virtual-swarm.ts';

const noticesOf = (text: string): readonly string[] => planOf(text).notices ?? [];

const far = (more: string, peer = ''): string => `
content: { generate: { size: 64KiB, chunk_size: 32KiB } }
defaults: { link: { latency: 2500ms } }
peers: { seeder: { holds: all }, leecher: { ${peer} } }
${more}
`;

describe('a plan says that nothing can come to a peer', () => {
  it('whose time limit ends before the first chunk can be here', () => {
    expect(noticesOf(far('time_limit: 30s'))).toEqual([
      'leecher: the peer cannot get a chunk: with this latency and these rates the first takes at least 40 s, ' +
        'but time_limit leaves at most 30 s; raise it, or lower the latency',
    ]);
    expect(noticesOf(far('time_limit: 100s'))).toEqual([]);
  });

  it('none of whose stays is long enough', () => {
    const stay = (ms: number): string => far('time_limit: 600s', `session: { leave: { after: ${ms}ms } }`);
    expect(noticesOf(stay(20_000))[0]).toContain('no stay is longer than 20 s; make stays longer');
    expect(noticesOf(stay(50_000))).toEqual([]);
  });

  it('whose link is too slow for one chunk in the time given', () => {
    const slow = (rate: string): string => `
content: { generate: { size: 1MiB, chunk_size: 512KiB } }
peers: { seeder: { holds: all }, leechers: { count: 3, link: { down: ${rate} } } }
time_limit: 60s
`;
    expect(noticesOf(slow('1kbit/s'))[0]).toContain('3 of 3 peers cannot get a chunk');
    expect(noticesOf(slow('1Mbit/s'))).toEqual([]);
  });

  it.each(['swarm', 'spec'] as const)(
    'and no chunk comes sooner than it says, by the %s protocol',
    (protocol) => {
      for (const [latencyMs, rate] of [
        [0, '100kbit/s'],
        [200, '10Mbit/s'],
        [2500, '1Mbit/s'],
        [60_000, '1kbit/s'],
      ] as const) {
        const plan = planOf(`
content: { generate: { size: 8KiB, chunk_size: 4KiB } }
defaults: { protocol: ${protocol}, link: { latency: ${latencyMs}ms, up: ${rate} } }
peers: { seeder: { holds: all }, leecher: { arrival: { at: 30s } } }
time_limit: 2h
`);
        const joinMs = 30_000;
        const first = runVirtually(plan).events.find(({ type }) => type === 'chunk-received');
        expect(first!.atMs - joinMs).toBeGreaterThanOrEqual(firstChunkTimes(plan)(plan.peers[1]!) - 1e-6);
      }
    },
  );
});
