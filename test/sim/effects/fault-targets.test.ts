/** Whom a fault hits, by what was measured of each peer: of every kind three at once, each for a set of its own. */
import { describe, expect } from 'vitest';
import { addressKey } from '../../../src/core/address.ts';
import type { RecordedRun } from '../../../src/sim/measure/fixture.ts';
import { eventsOf } from '../fault-run.ts';
import { effect, runYaml } from './effect.ts';
import {
  completedMs,
  addressOf,
  quickestMs,
  receiptsMs,
  requestsTooEarly,
  swarmWith,
  type SwarmText,
} from './fault-scenario.ts';

const sentence = 'who is hit is the peer that is named, one of two that is drawn, and half of two';
const peers = [1, 2, 3, 4, 5].map((number) => `leechers/${number}`);

/** In braces: the first; one of the second and the third; one of the fourth and the fifth. */
const threeSets = (group: string, more = ''): readonly string[] => [
  `{ peers: ${group}/1${more} }`,
  `{ peers: ${group}/2-3, count: 1${more} }`,
  `{ peers: ${group}/4-5, share: 50%${more} }`,
];

interface Targeting {
  readonly key: string;
  /** Keys of the fault beside that one. */
  readonly when?: string;
  /** Keys beside those of the targets. */
  readonly more?: string;
  readonly group?: string;
  readonly text?: SwarmText;
  /** Those that were hit, by what was measured. */
  readonly hitIn: (record: RecordedRun) => string[];
}

async function expectTargets({ key, when, more, group = 'leechers', text, hitIn }: Targeting): Promise<void> {
  const faults = threeSets(group, more && `, ${more}`).map(
    (targets) => `{ ${when === undefined ? '' : `when: ${when}, `}${key}: ${targets} }`,
  );
  const { record } = await runYaml(swarmWith(faults, { leechers: 5, size: '256KiB', ...text }));
  expectThree(record, hitIn(record), group);
  for (const { hits } of record.faults) expect(hits).toBeGreaterThan(0);
}

function expectThree(record: RecordedRun, hit: readonly string[], group: string): void {
  const among = (numbers: readonly number[]): string[] =>
    hit.filter((name) => numbers.some((number) => name === `${group}/${number}`));
  expect(among([1])).toHaveLength(1);
  expect(among([2, 3])).toHaveLength(1);
  expect(among([4, 5])).toHaveLength(1);
  expect(hit.toSorted()).toEqual(record.faults.flatMap(({ targets }) => targets).filter(isNotRest(record)));
}

/** Of a partition the first side is everybody else. */
function isNotRest({ faults }: RecordedRun): (name: string) => boolean {
  const rest = faults[0]!.kind === 'partition' ? faults[0]!.targets.slice(0, -3) : [];
  return (name) => !rest.includes(name);
}

const received = (record: RecordedRun, peer: string): number => receiptsMs(record, peer).length;

/** The run is over when those who are not hit are complete: what is to last to its end need not be waited for. */
const others: SwarmText = { link: '{ up: 768KiB/s }', more: 'abort_on: [completed(leechers) >= 2]' };
const withoutChunks = (record: RecordedRun): string[] => peers.filter((peer) => received(record, peer) === 0);
/** More than a second even for two of the seeders: by then each has been asked for something, be it late. */
const seeding: SwarmText = { seeders: 5, leechers: 1, size: '512KiB', link: '{ up: 192KiB/s }' };
const notComplete = (record: RecordedRun): string[] =>
  peers.filter((peer) => completedMs(record, peer) === Infinity);

describe('whom a fault hits', () => {
  effect(['faults[].crash.peers', 'faults[].crash.count', 'faults[].crash.share'], sentence, () =>
    expectTargets({
      key: 'crash',
      when: 'progress >= 20%',
      hitIn: (record) => eventsOf(record, 'peer-crashed').map(({ peer }) => peer),
    }),
  );

  effect(['faults[].pause.peers', 'faults[].pause.count', 'faults[].pause.share'], sentence, () =>
    expectTargets({ key: 'pause', text: others, hitIn: withoutChunks }),
  );

  effect(
    [
      'faults[].partition.sides[].peers',
      'faults[].partition.sides[].count',
      'faults[].partition.sides[].share',
    ],
    'who is cut off is the peer that is named, one of two that is drawn, and half of two',
    async () => {
      const fault = `{ partition: { sides: [rest, ${threeSets('leechers').join(', ')}] } }`;
      const { record } = await runYaml(swarmWith([fault], { leechers: 5, size: '256KiB', ...others }));
      expectThree(record, withoutChunks(record), 'leechers');
      expect(record.faults[0]!.hits).toBeGreaterThan(0);
    },
  );

  effect(['faults[].slow_down.peers', 'faults[].slow_down.count', 'faults[].slow_down.share'], sentence, () =>
    expectTargets({
      key: 'slow_down',
      more: 'factor: 0.05',
      text: { ...others, link: '{ down: 1MiB/s }' },
      hitIn: notComplete,
    }),
  );

  effect(
    ['faults[].latency_spike.peers', 'faults[].latency_spike.count', 'faults[].latency_spike.share'],
    sentence,
    () =>
      expectTargets({
        key: 'latency_spike',
        more: 'add: 100ms',
        // There and back, over a link that adds to both ways.
        hitIn: (record) => peers.filter((peer) => quickestMs(record, peer) >= 200),
      }),
  );

  effect(['faults[].reset.peers', 'faults[].reset.count', 'faults[].reset.share'], sentence, () =>
    expectTargets({
      key: 'reset',
      when: 'progress >= 20%',
      hitIn: (record) => [...new Set(eventsOf(record, 'tracker-lost').map(({ peer }) => peer))],
    }),
  );

  effect(
    ['faults[].black_hole.peers', 'faults[].black_hole.count', 'faults[].black_hole.share'],
    sentence,
    () => expectTargets({ key: 'black_hole', text: others, hitIn: withoutChunks }),
  );

  effect(['faults[].corrupt.peers', 'faults[].corrupt.count', 'faults[].corrupt.share'], sentence, () =>
    expectTargets({
      key: 'corrupt',
      more: 'probability: 100%',
      group: 'seeders',
      text: seeding,
      hitIn: (record) => {
        const banned = eventsOf(record, 'peer-banned', 'leechers').map(({ address }) => addressKey(address));
        const seeders = [1, 2, 3, 4, 5].map((number) => `seeders/${number}`);
        return seeders.filter((peer) => banned.includes(addressOf(record, peer)));
      },
    }),
  );

  effect(['faults[].lie.peers', 'faults[].lie.count', 'faults[].lie.share'], sentence, () =>
    expectTargets({
      key: 'lie',
      hitIn: (record) => peers.filter((peer) => requestsTooEarly(record, peer) > 0),
    }),
  );

  effect(['faults[].free_ride.peers', 'faults[].free_ride.count', 'faults[].free_ride.share'], sentence, () =>
    expectTargets({
      key: 'free_ride',
      group: 'seeders',
      text: seeding,
      hitIn: ({ peers: records }) => {
        const idle = records.filter(({ traffic }) => traffic.payloadSentBytes === 0);
        return idle.map(({ name }) => name).filter((name) => name !== 'leechers');
      },
    }),
  );

  effect(['faults[].disk_full.peers', 'faults[].disk_full.count', 'faults[].disk_full.share'], sentence, () =>
    expectTargets({ key: 'disk_full', text: others, hitIn: withoutChunks }),
  );

  effect(['faults[].slow_disk.peers', 'faults[].slow_disk.count', 'faults[].slow_disk.share'], sentence, () =>
    expectTargets({
      key: 'slow_disk',
      more: 'rate: 32KiB/s',
      text: others,
      hitIn: notComplete,
    }),
  );
});
