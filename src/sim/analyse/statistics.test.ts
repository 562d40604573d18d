import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distributed, jainIndex, repeated } from './statistics.ts';

describe('a distribution', () => {
  it('has quantiles of type 7, as R and NumPy give them by default', () => {
    const p95 = expect.closeTo(3.85, 12);
    expect(distributed([4, 1, 3, 2])).toEqual({ count: 4, min: 1, median: 2.5, mean: 2.5, p95, max: 4 });
  });

  it('of one value is that value, of none is null', () => {
    expect(distributed([7])).toEqual({ count: 1, min: 7, median: 7, mean: 7, p95: 7, max: 7 });
    expect(distributed([])).toBeNull();
  });
});

describe("Jain's index", () => {
  it('is 1 when all have the same, 1/n when one has everything, null when nobody has anything', () => {
    expect(jainIndex([5, 5, 5])).toBe(1);
    expect(jainIndex([9, 0, 0])).toBeCloseTo(1 / 3, 12);
    expect(jainIndex([1, 2, 3])).toBeCloseTo(36 / 42, 12);
    expect(jainIndex([0, 0])).toBeNull();
    expect(jainIndex([])).toBeNull();
  });

  it('stays between 1/n and 1, however large or small the values', () => {
    const amount = fc.double({ min: 0, max: 1e300, noNaN: true });
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 50 }), (values) => {
        const index = jainIndex(values);
        expect(index === null).toBe(values.every((value) => value === 0));
        if (index === null) return;
        expect(index).toBeGreaterThanOrEqual(1 / values.length);
        expect(index).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('repeats', () => {
  it('have a confidence interval by Student’s t', () => {
    // sd = 1, n = 3: t(2) / √3.
    expect(repeated([9, 10, 11])).toEqual({
      count: 3,
      mean: 10,
      sd: 1,
      ci95: expect.closeTo(4.3027 / Math.sqrt(3), 4) as number,
      min: 9,
      max: 11,
    });
  });

  it('of one value have no interval, of none no figure', () => {
    expect(repeated([5])).toEqual({ count: 1, mean: 5, sd: null, ci95: null, min: 5, max: 5 });
    expect(repeated([])).toBeNull();
  });
});
