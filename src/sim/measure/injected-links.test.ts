import { describe, expect, it } from 'vitest';
import type { ShapingTotals } from '../network/totals.ts';
import { unlimitedLink, type PlannedLink } from '../plan/plan.ts';
import { peerRecord, planOf, plannedPeer, recordOf, shaping, testEnvironment, measure } from './fixture.ts';

type Member = readonly [name: string, link: Partial<PlannedLink>, counted: Partial<ShapingTotals>];

/** What is told of the links, in a run of 4 s. */
function told(...members: readonly Member[]) {
  const plan = planOf(
    members.map(([name, link]) => plannedPeer(name, { link: { ...unlimitedLink, ...link } })),
  );
  const records = members.map(([name, , counted]) => peerRecord(name, { shaping: shaping(counted) }));
  const { injected } = measure(plan, recordOf([], records, { elapsedMs: 4000 }), testEnvironment);
  return injected.map(({ target, effect, hit }) => [target, effect, hit]);
}

describe('limits of links', () => {
  it('show by group what they paced, and which limit hit nothing', () => {
    const limits = { upBytesPerSec: 1000, downBytesPerSec: 2000 };
    expect(
      told(
        ['g/1', limits, { bytesPacedUp: 1024 }],
        ['g/2', { upBytesPerSec: 1000 }, { bytesPacedUp: 512 }],
        ['free', {}, {}],
      ),
    ).toEqual([
      ['g', '1.5 KiB paced up', true],
      ['g', 'nothing paced down', false],
    ]);
  });
});

describe('the window of a link', () => {
  const window = (bytes: number) => ({ window: { bytes, slowStart: false } });

  it('that never held anything back is flagged', () => {
    expect(told(['g/1', window(2 ** 30), {}])).toEqual([['g', 'nothing held back by the window', false]]);
  });

  it('tells what its owner sent and had to hold back', () => {
    expect(told(['g/1', window(1000), { windowWaits: 3 }])).toEqual([
      ['g', '3 messages sent held back by the window', true],
    ]);
  });

  it('of a receiver tells what others had to hold back, where that is counted', () => {
    expect(told(['sender', {}, { otherWindowWaits: 1 }], ['g/1', window(1000), {}])).toEqual([
      ['g', '1 message of others held back by the window', true],
    ]);
  });

  it('that cannot be the one that others waited for is flagged all the same', () => {
    const narrow = ['narrow', window(1000), { windowWaits: 2, otherWindowWaits: 5 }] as const;
    expect(told(narrow, ['wide', window(2000), {}])).toEqual([
      ['narrow', '2 messages sent held back by the window', true],
      ['wide', 'nothing held back by the window', false],
    ]);
  });
});

describe('the changes of a link', () => {
  const change = (atMs: number, values: Partial<PlannedLink['changes'][number]>) => ({
    atMs,
    overMs: 0,
    ...values,
  });

  it('have a line of their own, and those that the run did not live to see are flagged', () => {
    const changes = [
      change(1000, { latencyMs: 5 }),
      change(2000, { latencyMs: 9 }),
      change(10_000, { latencyMs: 1 }),
    ];
    const link = { latencyMs: 1, changes };
    expect(told(['g/1', link, { bytesDelayed: 1024, latencyChanges: 2 }])).toEqual([
      ['g', '1 KiB delayed', true],
      ['g', '2 changes of the latency took effect', true],
      ['g', 'nothing met 1 change of the latency from 10 s on: the run was over before', false],
    ]);
  });

  it('that nothing went through after are told from those that came too late', () => {
    const rate = { upBytesPerSec: 1000, changes: [change(3000, { upBytesPerSec: 500 })] };
    expect(told(['g/1', rate, { bytesPacedUp: 1024 }], ['g/2', rate, { upChanges: 1 }])).toEqual([
      ['g', '1 KiB paced up', true],
      ['g', '1 change of the uplink took effect', true],
      ['g', 'nothing met 1 change of the uplink from 3 s on: no peer used it any more', false],
    ]);
  });
});
