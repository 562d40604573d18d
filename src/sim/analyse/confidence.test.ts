import { describe, expect, test } from 'vitest';
import { holm, tQuantile, tTwoSided, welchDifference } from './confidence.ts';

describe("Student's t", () => {
  test.each([
    [1, 12.7062],
    [2, 4.3027],
    [4, 2.7764],
    [9, 2.2622],
    [30, 2.0423],
    [120, 1.9799],
    [1e6, 1.96],
  ])('with %d degrees of freedom has the 95 %% point of the tables, %d', (freedom, point) => {
    expect(tQuantile(0.95, freedom)).toBeCloseTo(point, 4);
  });

  test('has the closed forms of 1 and 2 degrees of freedom', () => {
    // 1: Cauchy, P(|T| ≥ 1) = 1/2; 2: P(|T| ≥ t) = 1 − t/√(2 + t²).
    expect(tTwoSided(1, 1)).toBeCloseTo(0.5, 12);
    expect(tTwoSided(-3, 2)).toBeCloseTo(1 - 3 / Math.sqrt(11), 12);
    expect(tTwoSided(0, 7)).toBe(1);
  });

  test('takes fractions of a degree of freedom, between its neighbours', () => {
    const between = tQuantile(0.95, 3.5);
    expect(between).toBeLessThan(tQuantile(0.95, 3));
    expect(between).toBeGreaterThan(tQuantile(0.95, 4));
  });
});

describe('welchDifference', () => {
  test('of two samples with the same scatter is the t test', () => {
    // Difference 1, variance 1/3 + 1/3, 4 degrees of freedom; T = 1/√(2/3) = 1.2247.
    const { estimate, low, high, p } = welchDifference([1, 2, 3], [2, 3, 4])!;
    expect(estimate).toBe(1);
    expect(low).toBeCloseTo(1 - 2.7764 * Math.sqrt(2 / 3), 3);
    expect(high).toBeCloseTo(1 + 2.7764 * Math.sqrt(2 / 3), 3);
    expect(p).toBeCloseTo(0.2879, 4);
  });

  test('takes its degrees of freedom after Satterthwaite when the scatter differs', () => {
    // Variances 1/3 and 100/3: (101/3)² / ((1/3)²/2 + (100/3)²/2) = 2.0402, whose 95 % point is near 4.22.
    const { estimate, high } = welchDifference([1, 2, 3], [10, 20, 30])!;
    expect(estimate).toBe(18);
    const freedom = (101 / 3) ** 2 / ((1 / 3) ** 2 / 2 + (100 / 3) ** 2 / 2);
    expect(freedom).toBeCloseTo(2.04, 3);
    expect(high - estimate).toBeCloseTo(tQuantile(0.95, freedom) * Math.sqrt(101 / 3), 8);
    expect(high).toBeGreaterThan(18 + 4.1 * Math.sqrt(101 / 3));
  });

  test('without scatter, equal values do not differ and others do for certain', () => {
    expect(welchDifference([2, 2], [2, 2])).toEqual({ estimate: 0, low: 0, high: 0, p: 1 });
    expect(welchDifference([2, 2], [1, 1])).toEqual({ estimate: -1, low: -1, high: -1, p: 0 });
  });

  test('one value on either side gives no interval', () => {
    expect(welchDifference([1], [1, 2])).toBeNull();
    expect(welchDifference([1, 2], [1])).toBeNull();
  });
});

describe('holm', () => {
  test('asks more of the smallest p, and stops at the first that fails', () => {
    // 0.05/4, 0.05/3, 0.05/2, 0.05/1 for p in ascending order.
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([true, false, false, true]);
  });

  test('a single test is not corrected', () => {
    expect(holm([0.049])).toEqual([true]);
    expect(holm([])).toEqual([]);
  });
});
