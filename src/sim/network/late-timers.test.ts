import { describe, expect, it } from 'vitest';
import { ShapedWorld, bodyBytes } from '../../../test/support/shaped-pair.ts';
import type { Clock } from '../../core/interfaces.ts';
import { seededRandom } from '../../core/random.ts';
import type { VirtualClock } from '../engines/virtual/virtual-clock.ts';
import { CATCH_UP_MS } from './late-timer-debt.ts';
import { blockBytes } from './link-sizes.ts';

const MBIT = 125_000;

/** A machine whose timers come late. */
function lateClock(clock: VirtualClock, lateMs: () => number): Clock {
  return {
    now: () => clock.now(),
    setTimer: (delayMs, callback) => clock.setTimer(delayMs + lateMs(), callback),
  };
}

describe('late timers', () => {
  it(`cost no throughput while they are less than ${CATCH_UP_MS} ms late`, () => {
    const random = seededRandom('late');
    const world = new ShapedWorld((clock) => lateClock(clock, () => random.next() * 15));
    world.receive(world.network.transport('to'));
    const { transport, counters } = world.host('from', { upBytesPerSec: 20 * MBIT });
    world.flood(transport, 'to');
    world.clock.run(30_000);
    expect(counters.bytesPacedUp / (30 * 20 * MBIT)).toBeGreaterThan(0.995);
    expect(counters.bytesPacedUp).toBeLessThanOrEqual(30 * 20 * MBIT);
    expect(counters.lateMsMax).toBeGreaterThan(5);
    expect(counters.lateMsMax).toBeLessThanOrEqual(15);
    expect(counters.lateMsTotal / counters.releases).toBeGreaterThan(1);
  });

  it('that are rare neither burst nor cost throughput: what was missed is made up for little by little', () => {
    const random = seededRandom('rare');
    // Every other second a thread stands still for some milliseconds.
    const hiccup = () => (random.next() < 0.0007 ? 5 + 5 * random.next() : 1.5 * random.next());
    for (const connections of [1, 16]) {
      const world = new ShapedWorld((clock) => lateClock(clock, hiccup));
      world.receive(world.network.transport('to'));
      const rate = 400 * MBIT;
      const { transport, counters } = world.host('from', { upBytesPerSec: rate });
      for (let i = 0; i < connections; i++) world.flood(transport, 'to');
      world.clock.run(10_000);
      expect(counters.lateMsMax).toBeGreaterThan(8);
      expect(counters.bytesPacedUp / (10 * rate)).toBeGreaterThan(0.997);
      expect(mostInWindow(world, 100)).toBeLessThanOrEqual((rate * 103) / 1000 + blockBytes(rate));
    }
  });

  it('never let more go in any window than the rate, the catch-up and one block', () => {
    const random = seededRandom('stalls');
    const stall = () => (random.next() < 0.02 ? 300 * random.next() : 3 * random.next());
    const world = new ShapedWorld((clock) => lateClock(clock, stall));
    world.receive(world.network.transport('to'));
    const rate = 20 * MBIT;
    const { transport, counters } = world.host('from', { upBytesPerSec: rate });
    for (let i = 0; i < 3; i++) world.flood(transport, 'to');
    world.clock.run(20_000);
    expect(counters.lateMsMax).toBeGreaterThan(100);
    for (const windowMs of [1, 100, 1000]) {
      const most = (rate * (1.01 * windowMs + CATCH_UP_MS)) / 1000 + 3 * (blockBytes(rate) + 64);
      expect(mostInWindow(world, windowMs)).toBeLessThanOrEqual(most);
    }
  });
});

function mostInWindow({ arrivals }: ShapedWorld, windowMs: number): number {
  let most = 0;
  let sum = 0;
  let first = 0;
  for (const arrival of arrivals) {
    sum += bodyBytes(arrival.message);
    while (arrivals[first]!.atMs < arrival.atMs - windowMs) sum -= bodyBytes(arrivals[first++]!.message);
    most = Math.max(most, sum);
  }
  return most;
}
