import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binAt, binsOf, spread, thinned } from './time-bins.ts';

describe('steps of time', () => {
  it('get an amount in proportion to the time that it shares with each', () => {
    const steps = [0, 0, 0, 0];
    spread(binsOf(400, 4), steps, 50, 250, 8);
    expect(steps).toEqual([2, 4, 2, 0]);
  });

  it('together have all of it, wherever it begins and ends', () => {
    const instant = fc.double({ min: 0, max: 1000, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), instant, instant, (count, one, other) => {
        const bins = binsOf(900, count);
        const steps = new Array<number>(count).fill(0);
        spread(bins, steps, Math.min(one, other), Math.max(one, other), 100);
        expect(steps.reduce((sum, amount) => sum + amount, 0)).toBeCloseTo(100, 6);
        expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('end with the run: what is after it belongs to the last', () => {
    expect(binAt(binsOf(400, 4), 400)).toBe(3);
    expect(binAt(binsOf(400, 4), 1e9)).toBe(3);
  });
});

it('a list that is too long is thinned evenly, and keeps its last item', () => {
  expect(thinned([1, 2, 3, 4, 5, 6], 3)).toEqual([2, 4, 6]);
  expect(thinned([1, 2], 3)).toEqual([1, 2]);
});
