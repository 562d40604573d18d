import { describe, expect, it } from 'vitest';
import { Curve } from './curve.ts';

describe('a quantity that moves in straight lines', () => {
  const curve = new Curve(1, [
    { atMs: 10, overMs: 10, value: 9 },
    { atMs: 30, overMs: 0, value: 2 },
  ]);

  it.each([
    [0, 10, 10],
    [10, 20, 50],
    [10, 11, 1.4],
    [12, 15, 3 * 3.8],
    [15, 25, 35 + 45],
    [25, 35, 45 + 10],
    [30, 31, 2],
  ])('has its integral from %i to %i, also where that ends on the way', (fromMs, toMs, expected) => {
    expect(curve.between(fromMs, toMs)).toBeCloseTo(expected, 9);
    expect(curve.reach(fromMs, expected)).toBeCloseTo(toMs, 9);
  });

  it.each([
    [0, 10],
    [5, 10],
    [10, 10],
    [15, 15],
    [20, 30],
    [30, Infinity],
  ])('is steady at %i until %d', (atMs, untilMs) => {
    expect(curve.steadyUntilMs(atMs)).toBe(untilMs);
  });
});
