/** Faults of peers themselves: what others see of them, and what the peers have in the end. */
import { describe, expect } from 'vitest';
import { addressKey } from '../../../src/core/address.ts';
import { eventsOf, faultRecord } from '../fault-run.ts';
import { effect, runYaml } from './effect.ts';
import {
  completedMs,
  completedPeers,
  longestSilenceMs,
  onlyFault,
  addressOf,
  requestsTooEarly,
  runToCompletion,
  swarmWith,
} from './fault-scenario.ts';

describe('a crash', () => {
  effect(
    ['faults', 'faults[].crash'],
    'kills peers for good, and the run ends without them; without one all complete',
    async () => {
      const base = await runToCompletion([], { leechers: 3 });
      expect(base.result.injected).toEqual(base.result.injected.filter(({ kind }) => kind !== 'fault'));
      expect(completedPeers(base.record)).toHaveLength(3);
      const { record, result } = await runToCompletion(['{ when: progress >= 30%, crash: leechers/1-2 }'], {
        leechers: 3,
      });
      expect(onlyFault(record)).toMatchObject({ hits: 2, effect: '2 peers killed', plannedMs: null });
      expect(eventsOf(record, 'peer-crashed').map(({ peer, fault }) => `${peer} ${fault}`)).toEqual([
        'leechers/1 crash 1',
        'leechers/2 crash 1',
      ]);
      expect(completedPeers(record)).toEqual(['leechers/3']);
      const integrity = result.peers.map((peer) => peer.integrity);
      expect(integrity).toEqual(['intact', 'incomplete', 'incomplete', 'intact']);
    },
  );

  effect(
    ['faults[].crash.return_after', 'faults[].crash.keep_chunks'],
    'brings peers back after so long, with what they held or without',
    async () => {
      const crash = (peer: number, more: string): string =>
        `{ when: progress >= 40%, crash: { peers: leechers/${peer}, return_after: ${more} } }`;
      const { record } = await runToCompletion(
        [crash(1, '200ms'), crash(2, '200ms, keep_chunks: false'), crash(3, '700ms')],
        { leechers: 3 },
      );
      expect(record.peers.every(({ integrity }) => integrity === 'intact')).toBe(true);
      const second = [1, 2, 3].map((peer) => {
        const joins = eventsOf(record, 'peer-joined', `leechers/${peer}`);
        expect(joins).toHaveLength(2);
        const [crashed] = eventsOf(record, 'peer-crashed', `leechers/${peer}`);
        return { hadChunks: joins[1]!.heldChunks > 0, awayMs: joins[1]!.atMs - crashed!.atMs };
      });
      expect(second.map(({ hadChunks }) => hadChunks)).toEqual([true, false, true]);
      for (const { awayMs } of second.slice(0, 2)) expect(awayMs).toBeGreaterThan(199);
      expect(second[2]!.awayMs).toBeGreaterThan(699);
    },
  );
});

describe('a pause', () => {
  effect(
    'faults[].pause',
    'stops a peer: nothing comes in, its connections stay, and it goes on where it was',
    async () => {
      const { record } = await runToCompletion(['{ when: progress >= 30%, for: 1500ms, pause: leechers/1 }']);
      const { beganMs, endedMs, hits } = onlyFault(record);
      expect(endedMs! - beganMs!).toBeGreaterThanOrEqual(1499);
      expect(hits).toBeGreaterThan(0);
      expect(longestSilenceMs(record, 'leechers/1')).toBeGreaterThan(900);
      expect(eventsOf(record, 'peer-joined', 'leechers/1')).toHaveLength(1);
      expect(eventsOf(record, 'connection-failed')).toEqual([]);
    },
  );
});

describe('corrupting', () => {
  effect(
    'faults[].corrupt',
    'spoils what a peer sends: others discard it, ban the peer and get the chunks elsewhere',
    async () => {
      const { record, result } = await runToCompletion(
        ['{ corrupt: { peers: seeders/2, probability: 100% } }'],
        { seeders: 2 },
      );
      expect(onlyFault(record).hits).toBeGreaterThan(0);
      const discarded = eventsOf(record, 'chunk-discarded').filter(({ reason }) => reason === 'corrupt');
      expect(discarded.length).toBeGreaterThan(0);
      expect(result.swarm.corruptChunks).toBe(discarded.length);
      expect(result.swarm.bans).toBeGreaterThan(0);
      expect(result.flows.filter(({ from }) => from === 'seeders/2')).toEqual([]);
      expect(record.peers.every(({ integrity }) => integrity === 'intact')).toBe(true);
    },
  );

  effect(
    'faults[].corrupt.probability',
    'at 0 % all that is sent is good, in between some of it, at 100 % nothing',
    async () => {
      const fault = (seeder: number, probability: string): string =>
        `{ name: s${seeder}, corrupt: { peers: seeders/${seeder}, probability: ${probability} } }`;
      const { record, result } = await runYaml(
        swarmWith([fault(1, '0%'), fault(2, '20%'), fault(3, '100%')], { seeders: 3, leechers: 1 }),
      );
      const goodOf = (seeder: number): number =>
        result.flows.find(({ from }) => from === `seeders/${seeder}`)?.chunks ?? 0;
      const isBanned = (seeder: number): boolean =>
        eventsOf(record, 'peer-banned', 'leechers').some(
          ({ address }) => addressKey(address) === addressOf(record, `seeders/${seeder}`),
        );
      expect([1, 2, 3].map(isBanned)).toEqual([false, true, true]);
      expect(faultRecord(record, 's1').hits).toBe(0);
      expect(goodOf(1)).toBeGreaterThan(0);
      expect(goodOf(2)).toBeGreaterThan(0);
      expect(goodOf(3)).toBe(0);
    },
  );
});

describe('a lie', () => {
  effect(
    'faults[].lie',
    'shows chunks that are not held: requests for them are refused, and the swarm completes',
    async () => {
      const { record } = await runToCompletion(['{ lie: leechers/1 }'], { leechers: 3 });
      expect(onlyFault(record).effect).toMatch(/chunks shown that were not held, \d+ requests? for such/);
      expect(requestsTooEarly(record, 'leechers/1')).toBeGreaterThan(0);
    },
  );
});

describe('riding free', () => {
  effect('faults[].free_ride', 'uploads nothing, while the others do, and downloads as before', async () => {
    const { record } = await runToCompletion(['{ free_ride: leechers/1 }'], { leechers: 3 });
    const uploaded = record.peers.slice(1).map(({ traffic }) => traffic.payloadSentBytes > 0);
    expect(uploaded).toEqual([false, true, true]);
    expect(onlyFault(record).hits).toBeGreaterThan(0);
  });
});

describe('disks', () => {
  effect('faults[].disk_full', 'fails every write; the peer completes when there is room again', async () => {
    const { record } = await runToCompletion([
      '{ when: progress(leechers/1) >= 20%, for: 800ms, disk_full: leechers/1 }',
    ]);
    const { hits, endedMs } = onlyFault(record);
    expect(hits).toBeGreaterThan(0);
    const failures = eventsOf(record, 'node-failed', 'leechers/1');
    expect(failures).toHaveLength(hits);
    expect(failures[0]!.detail).toContain('ENOSPC');
    expect(completedMs(record, 'leechers/1')).toBeGreaterThan(endedMs!);
  });

  effect(
    ['faults[].slow_disk', 'faults[].slow_disk.rate'],
    'takes no more than its rate: with half of it a peer needs twice as long',
    async () => {
      const { record } = await runToCompletion(
        [
          '{ name: slow, slow_disk: { peers: leechers/1, rate: 512KiB/s } }',
          '{ name: slower, slow_disk: { peers: leechers/2, rate: 256KiB/s } }',
        ],
        { link: '{}' },
      );
      // 512 KiB at each rate; what is owed of the last write comes after it.
      expect(completedMs(record, 'leechers/1')).toBeGreaterThan(930);
      expect(completedMs(record, 'leechers/2')).toBeGreaterThan(1900);
      // Waits below 5 ms are saved up, and those of the last pieces are not waited for.
      expect(faultRecord(record, 'slow').effect).toMatch(/^512 KiB written slowly, in (99[5-9]|1000) ms$/);
      expect(faultRecord(record, 'slower').effect).toMatch(/^512 KiB written slowly, in (199[5-9]|2000) ms$/);
    },
  );
});
