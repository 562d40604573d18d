import { describe, expect, test } from 'vitest';
import { holm, meanInterval, pairedRatio, tQuantile, tTwoSided, welchRatio } from './statistics.ts';

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

describe('meanInterval', () => {
  test('is mean ± t·s/√n', () => {
    // s² = 1, n = 3, t(2) = 4.3027: ± 4.3027/√3.
    const interval = meanInterval([1, 2, 3])!;
    expect(interval.estimate).toBe(2);
    expect(interval.low).toBeCloseTo(2 - 2.4841, 4);
    expect(interval.high).toBeCloseTo(2 + 2.4841, 4);
  });

  test('one value says nothing about scatter', () => {
    expect(meanInterval([5])).toBeNull();
  });
});

describe('pairedRatio', () => {
  test('is exact when all pairs agree, however much the host changes between pairs', () => {
    expect(pairedRatio([50, 500, 5], [100, 1000, 10])).toEqual({
      estimate: 0.5,
      low: 0.5,
      high: 0.5,
    });
  });

  test('is the geometric mean: half and double make one', () => {
    const ratio = pairedRatio([1, 4], [2, 2])!;
    expect(ratio.estimate).toBeCloseTo(1, 12);
    // s of (−ln 2, ln 2) is ln 2·√2, so the half width is t(1)·ln 2.
    expect(ratio.high).toBeCloseTo(Math.exp(12.7062 * Math.LN2), 0);
  });
});

describe('welchRatio', () => {
  test('of two samples with the same scatter is the t test of the logarithms', () => {
    // Logs 0, 1, 2 and 1, 2, 3: difference 1, variance 1/3 + 1/3, 4 degrees of freedom.
    const change = welchRatio([1, Math.E, Math.E ** 2], [Math.E, Math.E ** 2, Math.E ** 3])!;
    expect(Math.log(change.estimate)).toBeCloseTo(1, 10);
    expect(Math.log(change.low)).toBeCloseTo(1 - 2.7764 * Math.sqrt(2 / 3), 3);
    expect(Math.log(change.high)).toBeCloseTo(1 + 2.7764 * Math.sqrt(2 / 3), 3);
    // T = 1/√(2/3) = 1.2247 with 4 degrees of freedom.
    expect(change.p).toBeCloseTo(0.2879, 4);
  });

  test('without scatter, equal values do not differ and others do for certain', () => {
    expect(welchRatio([2, 2], [2, 2])).toEqual({ estimate: 1, low: 1, high: 1, p: 1 });
    expect(welchRatio([2, 2], [1, 1])!.p).toBe(0);
  });

  test('one value on either side gives no interval', () => {
    expect(welchRatio([1], [1, 2])).toBeNull();
    expect(welchRatio([1, 2], [1])).toBeNull();
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
