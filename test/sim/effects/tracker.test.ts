import { describe, expect } from 'vitest';
import { addressKey } from '../../../src/core/address.ts';
import { eventsOf } from '../fault-run.ts';
import { effect, runYaml, type EffectRun } from './effect.ts';
import { peerOf, receivedBy } from './observed.ts';

const swarm = (tracker: string, peers: string, rest = '') =>
  runYaml(`
content: { generate: { size: 64KiB, chunk_size: 4KiB } }
tracker: ${tracker}
peers: ${peers}
${rest}
`);

const CHUNKS = 16;

describe('the edition of the tracker', () => {
  const classic = (edition: string) =>
    swarm(
      `{ edition: ${edition}, agreement: 1 }`,
      '{ seeder: { holds: all, protocol: spec }, leecher: { protocol: spec } }',
    );

  effect(
    'tracker.edition',
    'in the hashed edition each announcement carries the hash of its chunk',
    async () => {
      const [plain, hashed] = await Promise.all([classic('plain'), classic('hashed')]);
      const hashesOf = ({ record }: EffectRun) => eventsOf(record, 'chunk-announced').map(({ hash }) => hash);
      const seeders = (run: EffectRun) => peerOf(run, 'seeder').traffic.controlSentBytes;
      expect(new Set(hashesOf(plain))).toEqual(new Set([undefined]));
      expect(hashesOf(hashed)).not.toContain(undefined);
      // A comma and the 40 digits of a SHA-1 for each chunk.
      expect(seeders(hashed) - seeders(plain)).toBe(41 * CHUNKS);
      for (const run of [plain, hashed]) expect(run.result.verdict.outcome).toBe('pass');
    },
  );
});

describe('agreement', () => {
  const late = (agreement: number) =>
    swarm(
      `{ agreement: ${agreement} }`,
      '{ seeder: { holds: all }, leecher: {}, late: { holds: all, arrival: { at: 1s }, must_complete: false } }',
    );

  effect('tracker.agreement', 'nothing is fetched before so many holders agree on it', async () => {
    const firstMs = (run: EffectRun) => receivedBy(run, 'leecher')[0]!.atMs;
    const [one, two] = await Promise.all([late(1), late(2)]);
    expect(firstMs(two)).toBeGreaterThanOrEqual(peerOf(two, 'late').joinedMs!);
    // It was over before the late one came.
    expect(peerOf(one, 'late').joinedMs).toBeNull();
    expect(receivedBy(one, 'leecher')).toHaveLength(CHUNKS);
  });
});

describe('announcing', () => {
  /** Takes a second. */
  const announcing = (tracker: string) =>
    swarm(tracker, '{ seeder: { holds: all, link: { up: 64KiB/s } }, leecher: {} }');
  const requests = ({ result }: EffectRun) => result.tracker.traffic.messagesReceived;

  effect(
    ['tracker', 'tracker.announce_interval'],
    'the shorter the interval, the more the tracker is told',
    async () => {
      const trackers = ['{}', '{ announce_interval: 100ms }'];
      const [seldom, often] = (await Promise.all(trackers.map(announcing))) as [EffectRun, EffectRun];
      // Two peers that greet, come, complete, and announce themselves again in each interval.
      expect(requests(often)).toBeGreaterThan(requests(seldom) + 8);
      expect(requests(often)).toBeLessThanOrEqual(6 + 2 * (often.record.elapsedMs / 100));
    },
  );

  /** For a second, of which the stopped leecher is silent for most. */
  const stopped = (tracker: string) =>
    swarm(
      tracker,
      '{ seeder: { holds: all, link: { up: 16KiB/s } }, leecher: {}, stopped: {} }',
      'time_limit: 1s\nfaults: [{ at: 100ms, pause: { peers: stopped } }]',
    );
  const forgottenMs = ({ record }: EffectRun): number | undefined => {
    const [joined] = eventsOf(record, 'peer-joined', 'stopped');
    const silent = eventsOf(record, 'peer-forgotten').filter(({ reason }) => reason === 'silent');
    return silent.find(({ address }) => addressKey(address) === addressKey(joined!.address))?.atMs;
  };

  effect('tracker.silence_limit', 'who is silent for so long is forgotten', async () => {
    const limits = ['250ms', '500ms'];
    const runs = limits.map((limit) => stopped(`{ announce_interval: 100ms, silence_limit: ${limit} }`));
    const [soon, later] = (await Promise.all(runs)).map(forgottenMs);
    expect(soon).toBeGreaterThanOrEqual(250);
    expect(later).toBeGreaterThanOrEqual(500);
    expect(soon).toBeLessThan(later!);
  });
});

describe('answers of the tracker', () => {
  const crowd = (tracker: string) =>
    swarm(tracker, '{ seeder: { holds: all, link: { up: 256KiB/s } }, leechers: { count: 5 } }');
  /** To other peers; each also opens one to the tracker. */
  const opened = ({ result }: EffectRun) =>
    result.peers.reduce((sum, { traffic }) => sum + traffic.connectionsOpened - 1, 0);

  effect('tracker.peers_per_answer', 'nobody learns of more peers than an answer has', async () => {
    const [all, one] = await Promise.all([crowd('{}'), crowd('{ peers_per_answer: 1 }')]);
    // Each pair of six.
    expect(opened(all)).toBeGreaterThanOrEqual(15);
    // One for each announce: what the tracker receives beside them is a handshake of each peer.
    expect(opened(one)).toBeLessThanOrEqual(one.result.tracker.traffic.messagesReceived - 6);
    expect(opened(one)).toBeLessThan(opened(all));
  });
});
