import { describe, expect, it } from 'vitest';
import { unlimitedLink, type PlannedLink, type PlannedLinkChange } from '../plan/plan.ts';
import { carriedBytes, highestRate } from './link-rates.ts';

function link(upBytesPerSec: number | null, ...changes: PlannedLinkChange[]): PlannedLink {
  return { ...unlimitedLink, upBytesPerSec, changes };
}

function carried(
  one: PlannedLink,
  fromMs: number,
  toMs: number,
  factors?: Parameters<typeof carriedBytes>[4],
) {
  return carriedBytes(one, 'upBytesPerSec', fromMs, toMs, factors);
}

describe('what a link can carry', () => {
  it('is rate × time while it does not change', () => {
    expect(carried(link(1000), 500, 2500)).toBe(2000);
    expect(carried(link(1000), 500, 500)).toBe(0);
  });

  it('follows a step and a ramp', () => {
    // 1,000 until 1 s, then 3,000.
    expect(carried(link(1000, { atMs: 1000, overMs: 0, upBytesPerSec: 3000 }), 0, 2000)).toBe(4000);
    // From 1,000 to 3,000 within 2 s: 2,000 on average.
    expect(carried(link(1000, { atMs: 1000, overMs: 2000, upBytesPerSec: 3000 }), 0, 4000)).toBe(
      1000 + 4000 + 3000,
    );
    // The first half of the ramp: 1,500 on average.
    expect(carried(link(1000, { atMs: 0, overMs: 2000, upBytesPerSec: 3000 }), 0, 1000)).toBe(1500);
  });

  it('cuts a ramp where the next change begins', () => {
    const both = link(
      1000,
      { atMs: 0, overMs: 2000, upBytesPerSec: 3000 },
      { atMs: 1000, overMs: 1000, upBytesPerSec: 0 },
    );
    // Up to 2,000 in the first second, from there to 0 in the second one.
    expect(carried(both, 0, 3000)).toBe(1500 + 1000);
  });

  it('takes no notice of changes of other figures', () => {
    expect(carried(link(1000, { atMs: 0, overMs: 0, latencyMs: 5 }), 0, 1000)).toBe(1000);
  });

  it('is multiplied while a factor holds', () => {
    expect(carried(link(1000), 0, 4000, [{ fromMs: 1000, toMs: 2000, factor: 0.5 }])).toBe(3500);
    expect(
      carried(link(1000), 0, 3000, [
        { fromMs: 1000, toMs: Infinity, factor: 0.5 },
        { fromMs: 2000, toMs: 3000, factor: 0.1 },
      ]),
    ).toBeCloseTo(1000 + 500 + 50, 9);
  });
});

describe('the highest rate of a link', () => {
  const of = (one: PlannedLink, factor?: number) =>
    highestRate(
      one,
      'upBytesPerSec',
      'a',
      factor === undefined
        ? []
        : [
            {
              name: 'f',
              when: { kind: 'time', atMs: 0 },
              forMs: null,
              again: null,
              effect: { kind: 'slow-down', peers: ['a'], factor },
            },
          ],
    );

  it('is that of its fastest change', () => {
    expect(
      of(link(1000, { atMs: 5, overMs: 0, upBytesPerSec: 4000 }, { atMs: 9, overMs: 0, upBytesPerSec: 10 })),
    ).toBe(4000);
    expect(of(link(null, { atMs: 5, overMs: 0, upBytesPerSec: 4000 }))).toBeNull();
  });

  it('is raised by a factor above 1, and not lowered by one below', () => {
    expect(of(link(1000), 2)).toBe(2000);
    expect(of(link(1000), 0.1)).toBe(1000);
  });
});
