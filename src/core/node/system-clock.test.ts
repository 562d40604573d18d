import { describe, expect, it } from 'vitest';
import { clockOrigin, systemClock } from './system-clock.ts';

describe('system clock', () => {
  it('never fires a timer before its time', async () => {
    const clock = systemClock();
    const early: number[] = [];
    const delays = Array.from({ length: 60 }, (_, i) => 0.1 + i * 0.37);
    await Promise.all(
      delays.map((delayMs) => {
        const dueMs = clock.now() + delayMs;
        return new Promise<void>((resolve) => {
          clock.setTimer(delayMs, () => {
            if (clock.now() < dueMs) early.push(clock.now() - dueMs);
            resolve();
          });
        });
      }),
    );
    expect(early).toEqual([]);
  });

  it('never calls back before setTimer returned, also without a delay', async () => {
    const clock = systemClock();
    let returned = false;
    const seen = new Promise<boolean>((resolve) => clock.setTimer(0, () => resolve(returned)));
    returned = true;
    expect(await seen).toBe(true);
  });

  it('never fires a cancelled timer, and may cancel twice', async () => {
    const clock = systemClock();
    const fired: string[] = [];
    for (const delayMs of [0, 1, 3]) {
      const timer = clock.setTimer(delayMs, () => fired.push('cancelled'));
      timer.cancel();
      timer.cancel();
    }
    await new Promise<void>((resolve) => clock.setTimer(8, resolve));
    expect(fired).toEqual([]);
  });

  it('agrees with every other clock of the same origin', () => {
    const origin = clockOrigin();
    const first = systemClock(origin);
    const second = systemClock(origin);
    const before = first.now();
    const between = second.now();
    const after = first.now();
    expect(between).toBeGreaterThanOrEqual(before);
    expect(between).toBeLessThanOrEqual(after);
    expect(before).toBeGreaterThanOrEqual(0);
  });
});
