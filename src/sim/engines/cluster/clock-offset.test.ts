import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockOffsetOf } from './clock-offset.ts';

describe('the offset of a clock', () => {
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
