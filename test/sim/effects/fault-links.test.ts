/** Faults of links and of the tracker. */
import { describe, expect } from 'vitest';
import { addressKey } from '../../../src/core/address.ts';
import type { RecordedRun } from '../../../src/sim/measure/fixture.ts';
import { eventsOf, faultRecord } from '../fault-run.ts';
import { effect, runYaml } from './effect.ts';
import {
  completedMs,
  completedPeers,
  longestSilenceMs,
  onlyFault,
  addressOf,
  quickestMs,
  runToCompletion,
} from './fault-scenario.ts';

const forgottenBy = (record: RecordedRun, reason: string): string[] =>
  eventsOf(record, 'peer-forgotten', 'tracker')
    .filter((event) => event.reason === reason)
    .map(({ address }) => addressKey(address));

describe('a partition', () => {
  effect(
    ['faults[].partition', 'faults[].partition.sides'],
    'lets nothing through between its sides until it heals',
    async () => {
      const { record } = await runToCompletion([
        '{ when: progress >= 20%, for: 1500ms, partition: { sides: [seeder + leechers/1, leechers/2] } }',
      ]);
      const { hits, endedMs, beganMs } = onlyFault(record);
      expect(hits).toBeGreaterThan(0);
      expect(endedMs! - beganMs!).toBeGreaterThanOrEqual(1499);
      expect(longestSilenceMs(record, 'leechers/2')).toBeGreaterThan(900);
      // Those on one side have meanwhile gone on.
      expect(longestSilenceMs(record, 'leechers/1')).toBeLessThan(longestSilenceMs(record, 'leechers/2'));
      expect(completedMs(record, 'leechers/2')).toBeGreaterThan(endedMs!);
      const addresses = eventsOf(record, 'peer-joined').map(({ address }) => address.host);
      expect(new Set(addresses).size).toBe(3);
    },
  );

  effect(
    'faults[].partition.one_way',
    'lets through what comes from the other sides: the tracker hears who leaves',
    async () => {
      const parted = (name: string, sides: string): string =>
        `{ name: ${name}, when: progress(leavers) >= 10%, partition: { sides: ${sides} } }`;
      // They say goodbye to the tracker as soon as they are complete; the run waits until they are back.
      const { record } = await runYaml(`
until: sessions
content: { generate: { size: 128KiB, chunk_size: 8KiB } }
peers:
  seeder: { holds: all }
  leavers:
    count: 3
    link: { down: 192KiB/s }
    session: { leave: { after: 0s, from: completion }, return: { after: 100ms } }
faults:
  - ${parted('to the tracker', '[leavers/1, tracker], one_way: true')}
  - ${parted('from the tracker', '[tracker, leavers/2], one_way: true')}
  - ${parted('both', '[tracker, leavers/3]')}
`);
      expect(record.ending).toBe('completed');
      const heard = forgottenBy(record, 'stopped');
      const isHeard = [1, 2, 3].map((leaver) => heard.includes(addressOf(record, `leavers/${leaver}`)));
      expect(isHeard).toEqual([false, true, false]);
    },
  );
});

describe('links that are slowed', () => {
  effect(
    ['faults[].slow_down', 'faults[].slow_down.factor'],
    'multiplies the rate: half of it takes twice as long, and four times of it a quarter',
    async () => {
      const { record } = await runToCompletion(
        [
          '{ name: half, slow_down: { peers: leechers/1, factor: 0.5 } }',
          '{ name: fourfold, slow_down: { peers: leechers/2, factor: 4 } }',
        ],
        { leechers: 3, size: '256KiB', link: '{ down: 256KiB/s }' },
      );
      expect(faultRecord(record, 'half').effect).toMatch(/ slowed$/);
      expect(faultRecord(record, 'fourfold').effect).toMatch(/ sped up$/);
      expect(completedMs(record, 'leechers/1')).toBeGreaterThan(1930);
      expect(completedMs(record, 'leechers/3')).toBeGreaterThan(950);
      expect(completedMs(record, 'leechers/2')).toBeGreaterThan(200);
      expect(completedMs(record, 'leechers/2')).toBeLessThan(completedMs(record, 'leechers/3'));
    },
  );

  effect(
    ['faults[].latency_spike', 'faults[].latency_spike.add'],
    'adds to both ways: a request and its chunk take twice as much longer',
    async () => {
      const { record } = await runToCompletion(
        [
          '{ name: a, latency_spike: { peers: leechers/1, add: 60ms } }',
          '{ name: b, latency_spike: { peers: leechers/2, add: 200ms } }',
        ],
        { leechers: 3, size: '256KiB' },
      );
      for (const name of ['a', 'b'])
        expect(faultRecord(record, name).effect).toMatch(/^\d+ messages? delayed$/);
      expect(quickestMs(record, 'leechers/1')).toBeGreaterThanOrEqual(119);
      expect(quickestMs(record, 'leechers/2')).toBeGreaterThanOrEqual(399);
    },
  );
});

describe('connections', () => {
  effect(
    'faults[].reset',
    'are cut at both ends, those of the tracker too, again and again, and the swarm completes',
    async () => {
      const { record } = await runToCompletion([
        '{ when: progress >= 20%, every: 300ms, times: 3, reset: { peers: leechers/1 + tracker } }',
      ]);
      expect(record.faults.map(({ occurrence }) => occurrence)).toEqual([1, 2, 3]);
      expect(record.faults[0]!.hits).toBeGreaterThanOrEqual(3);
      const failed = eventsOf(record, 'connection-failed').map(({ peer }) => peer);
      expect(new Set(failed)).toContain('leechers/1');
      expect(failed.filter((peer) => peer !== 'leechers/1').length).toBeGreaterThan(0);
      expect(new Set(eventsOf(record, 'tracker-lost').map(({ peer }) => peer))).toEqual(
        new Set(['seeder', 'leechers/1', 'leechers/2']),
      );
    },
  );

  effect(
    'faults[].reset.probability',
    'are cut with it: none at 0 %, some in between, all at 100 %',
    async () => {
      const reset = (name: string, probability: string): string =>
        `{ name: ${name}, when: progress >= 20%, reset: { peers: seeder, probability: ${probability} } }`;
      // One after another: what the second has cut is not there for the third.
      const { record } = await runToCompletion(
        [reset('none', '0%'), reset('some', '50%'), reset('all', '100%')],
        { leechers: 7, size: '256KiB' },
      );
      const hits = (name: string): number => faultRecord(record, name).hits;
      expect(hits('none')).toBe(0);
      expect(hits('some')).toBeGreaterThan(0);
      expect(hits('all')).toBeGreaterThan(0);
      expect(eventsOf(record, 'tracker-lost').map(({ peer }) => peer)).toEqual(['seeder']);
    },
  );

  effect(
    'faults[].black_hole',
    'swallow what a peer sends and is sent, and nobody is told until it is over',
    async () => {
      const { record } = await runToCompletion([
        '{ when: progress >= 20%, for: 800ms, black_hole: leechers/1 }',
      ]);
      const { effect: told, endedMs } = onlyFault(record);
      expect(told).toMatch(/swallowed/);
      expect(longestSilenceMs(record, 'leechers/1')).toBeGreaterThan(400);
      for (const { atMs } of eventsOf(record, 'connection-failed', 'leechers/1'))
        expect(atMs).toBeGreaterThanOrEqual(endedMs!);
    },
  );
});

describe('the tracker', () => {
  effect(
    ['faults[].tracker_down', 'faults[].tracker_down.forgets'],
    'is cut off and found again; one that remembers knows of a peer that died meanwhile, until that has been silent',
    async () => {
      const down = async (forgets: boolean): Promise<RecordedRun> => {
        const { record } = await runToCompletion(
          [
            `{ when: progress >= 10%, for: 250ms, tracker_down: { forgets: ${String(forgets)} } }`,
            '{ when: progress >= 10%, delay: 50ms, crash: leechers/3 }',
          ],
          {
            leechers: 3,
            link: '{ down: 448KiB/s }',
            more: 'tracker: { announce_interval: 100ms, silence_limit: 300ms }',
          },
        );
        expect(completedPeers(record).toSorted()).toEqual(['leechers/1', 'leechers/2']);
        const { hits, targets } = faultRecord(record, 'tracker-down 1');
        expect(hits).toBeGreaterThanOrEqual(2);
        expect(targets).toEqual(['tracker']);
        const started = eventsOf(record, 'tracker-started');
        expect(started).toHaveLength(2);
        expect(started[1]!.address).toEqual(started[0]!.address);
        expect(eventsOf(record, 'tracker-found').length).toBeGreaterThan(4);
        return record;
      };
      const remembers = await down(false);
      const forgets = await down(true);
      expect(forgottenBy(remembers, 'silent')).toContain(addressOf(remembers, 'leechers/3'));
      expect(forgottenBy(forgets, 'silent')).not.toContain(addressOf(forgets, 'leechers/3'));
    },
  );
});
