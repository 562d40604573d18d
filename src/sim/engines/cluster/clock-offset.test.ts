import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockOffsetOf, errorUntil } from './clock-offset.ts';

describe('the offset of a clock', () => {
  it('was wrong by what it said, or by the drift and the error of what was measured later', () => {
    const before = { originNs: 5_000_000n, errorMs: 1 };
    expect(errorUntil(before, { originNs: 5_000_000n, errorMs: 0.2 })).toBe(1);
    expect(errorUntil(before, { originNs: 1_000_000n, errorMs: 0.2 })).toBeCloseTo(4.2);
    expect(errorUntil(before, { originNs: 9_000_000n, errorMs: 0.2 })).toBeCloseTo(4.2);
  });

  it('is wrong by no more than it says, however unequal the ways there and back are', () => {
    const delay = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
        fc.array(fc.tuple(delay, delay), { minLength: 1, maxLength: 20 }),
        (originNs, trips) => {
          let nowMs = 0;
          const readings = trips.map(([thereMs, backMs]) => {
            const sentMs = nowMs;
            const hostNs = originNs + BigInt(Math.round((sentMs + thereMs) * 1e6));
            nowMs += thereMs + backMs;
            return { sentMs, receivedMs: nowMs, hostNs };
          });
          const offset = clockOffsetOf(readings);
          const wrongByMs = Math.abs(Number(offset.originNs - originNs)) / 1e6;
          expect(wrongByMs).toBeLessThanOrEqual(offset.errorMs + 1e-5);
          const least = Math.min(...trips.map(([there, back]) => there + back));
          expect(offset.errorMs).toBeCloseTo(least / 2, 6);
        },
      ),
    );
  });
});
