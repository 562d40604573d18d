import { expect, it } from 'vitest';
import type { Clock } from '../../core/interfaces.ts';
import { seededRandom } from '../../core/random.ts';
import { VirtualClock } from '../engines/virtual/virtual-clock.ts';
import { DelayLine } from './latency.ts';

/** Timers fire at whole milliseconds, as those of Node do. */
function coarse(clock: VirtualClock): Clock {
  return {
    now: () => clock.now(),
    setTimer: (delayMs, callback) => clock.setTimer(Math.ceil(clock.now() + delayMs) - clock.now(), callback),
  };
}

/** How long after its time an item of 20.3 ms arrives on average, in ms. */
function meanLateMs(timerGrainMs: number): number {
  const clock = new VirtualClock();
  const random = seededRandom('coarse');
  const latenesses: number[] = [];
  for (let at = 0; at < 2000; at++) {
    clock.setTimer(at * 100 + random.next(), () => {
      const dueMs = clock.now() + 20.3;
      const line = new DelayLine<undefined>(
        { clock: coarse(clock), timerGrainMs },
        { drawMs: () => 20.3, onArrival: () => latenesses.push(clock.now() - dueMs), onLate: () => {} },
      );
      line.push(undefined, clock.now());
    });
  }
  clock.run();
  expect(latenesses).toHaveLength(2000);
  return latenesses.reduce((sum, late) => sum + late, 0) / latenesses.length;
}

it('delays are right on average where timers are known to be coarse, and too long by half a grain where not', () => {
  // Uniform from 0 to 1 ms, or from -0.5 to 0.5 ms; four standard errors of 2,000.
  expect(Math.abs(meanLateMs(0) - 0.5)).toBeLessThan((4 * 0.29) / Math.sqrt(2000));
  expect(Math.abs(meanLateMs(1))).toBeLessThan((4 * 0.29) / Math.sqrt(2000));
});
