import { describe, expect } from 'vitest';
import { eventsOf } from '../fault-run.ts';
import { effect, runYaml, type EffectRun } from './effect.ts';
import { once, peerOf, receivedBy } from './observed.ts';

/** 64 KiB in 16 chunks. */
const groups = (peers: string, rest = '') =>
  runYaml(`
content: { generate: { size: 64KiB, chunk_size: 4KiB } }
${rest}
peers: ${peers}
`);

const CHUNK = 4096;
const CHUNKS = 16;

const joined = ({ record }: EffectRun): string[] =>
  eventsOf(record, 'peer-joined')
    .map(({ peer }) => peer)
    .sort();

const pair = once(() => groups('{ seeder: { holds: all }, leechers: {} }'));

describe('groups of peers', () => {
  effect(
    ['peers', 'peers.<group>.count'],
    'so many peers join by these names, and each gets the file',
    async () => {
      const crowd = await groups('{ seeder: { holds: all }, leechers: { count: 4 } }');
      expect(joined(await pair())).toEqual(['leechers', 'seeder']);
      expect(joined(crowd)).toEqual(['leechers/1', 'leechers/2', 'leechers/3', 'leechers/4', 'seeder']);
      expect((await pair()).result.swarm.usefulBytes).toBe(CHUNKS * CHUNK);
      expect(crowd.result.swarm.usefulBytes).toBe(4 * CHUNKS * CHUNK);
    },
  );

  effect(
    ['peers_total', 'peers.<group>.share'],
    'as many of each group join as its share of the total',
    async () => {
      const peers = '{ seeder: { holds: all, share: 25% }, few: { share: 50% }, others: { share: rest } }';
      const membersOf = (run: EffectRun) => {
        const joins = eventsOf(run.record, 'peer-joined');
        return ['seeder', 'few', 'others'].map(
          (group) => joins.filter(({ peer }) => peer.split('/')[0] === group).length,
        );
      };
      expect(membersOf(await groups(peers, 'peers_total: 4'))).toEqual([1, 2, 1]);
      expect(membersOf(await groups(peers, 'peers_total: 8'))).toEqual([2, 4, 2]);
      const more = '{ seeder: { holds: all, share: 25% }, few: { share: 12.5% }, others: { share: rest } }';
      expect(membersOf(await groups(more, 'peers_total: 8'))).toEqual([2, 1, 5]);
    },
  );

  effect('defaults', 'they hold for each group that does not say otherwise', async () => {
    const run = await groups(
      '{ seeder: { holds: none }, leecher: {} , source: {} }',
      'defaults: { holds: all }',
    );
    expect(peerOf(run, 'seeder').usefulBytes).toBe(CHUNKS * CHUNK);
    expect(peerOf(run, 'leecher').usefulBytes).toBe(0);
    expect(peerOf(run, 'source').usefulBytes).toBe(0);
  });

  effect('peers.<group>.holds', 'only what a peer lacks comes to it', async () => {
    const run = await groups(`
  everything: { holds: all }
  nothing: { holds: none }
  range: { holds: 1-6 }
  list: { holds: [1, 2, 7-9] }
  share: { holds: { share: 25% } }`);
    const start = { everything: 16, nothing: 0, range: 6, list: 5, share: 4 };
    for (const [name, chunks] of Object.entries(start)) {
      expect(peerOf(run, name).heldChunksAtStart).toBe(chunks);
      expect(peerOf(run, name).usefulBytes).toBe((CHUNKS - chunks) * CHUNK);
    }
    const cameToList = receivedBy(run, 'list').map(({ index }) => index);
    expect(cameToList.sort((a, b) => a - b)).toEqual([3, 4, 5, 6, 10, 11, 12, 13, 14, 15, 16]);
  });

  effect(
    'peers.<group>.protocol',
    'by the spec protocol each chunk has a question and a connection',
    async () => {
      const spec = await groups('{ seeder: { holds: all }, leechers: { protocol: spec } }');
      const asked = (run: EffectRun) =>
        new Set(eventsOf(run.record, 'chunk-asked').map(({ index }) => index));
      expect(asked(await pair()).size).toBe(0);
      expect(asked(spec).size).toBe(CHUNKS);
      expect(peerOf(spec, 'leechers').traffic.connectionsOpened).toBeGreaterThanOrEqual(1 + CHUNKS);
      // One to the tracker, and one to the seeder, which may have been faster.
      expect(peerOf(await pair(), 'leechers').traffic.connectionsOpened).toBeLessThanOrEqual(3);
      expect(peerOf(spec, 'leechers').integrity).toBe('intact');
    },
  );

  effect('peers.<group>.must_complete', 'a run is over without those that need not complete', async () => {
    const swarm = (waits: boolean) =>
      groups(
        `{ seeder: { holds: all }, leechers: {}, slow: { must_complete: ${waits}, link: { down: 4KiB/s } } }`,
        waits ? 'time_limit: 1200ms' : '',
      );
    const [patient, hasty] = await Promise.all([swarm(true), swarm(false)]);
    expect(patient.record.ending).toBe('time-limit');
    expect(patient.result.verdict.peersToComplete).toBe(3);
    expect(hasty.record.ending).toBe('completed');
    expect(hasty.result.verdict.peersToComplete).toBe(2);
    expect(peerOf(hasty, 'slow').heldChunksAtEnd).toBeLessThan(CHUNKS);
  });
});
