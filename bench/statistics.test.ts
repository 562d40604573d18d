import { describe, expect, test } from 'vitest';
import { meanInterval, pairedRatio, welchRatio } from './statistics.ts';

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
