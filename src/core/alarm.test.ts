import fc from 'fast-check';
import { expect, it } from 'vitest';
import { VirtualClock } from '../sim/engines/virtual/virtual-clock.ts';
import { Alarm } from './alarm.ts';

it('rings once, at the first of the times that it is asked for, in whatever order they are', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: 1 }), (times) => {
      const clock = new VirtualClock();
      const rings: number[] = [];
      const alarm = new Alarm(clock, () => rings.push(clock.now()));
      for (const atMs of times) alarm.by(atMs);
      clock.run();
      expect(rings).toEqual([Math.min(...times)]);
    }),
  );
});

it('can be set anew when it rings, and rings at once for what is past', () => {
  const clock = new VirtualClock();
  const rings: number[] = [];
  const alarm: Alarm = new Alarm(clock, () => {
    rings.push(clock.now());
    if (rings.length < 3) alarm.by(5);
  });
  alarm.by(10);
  clock.run();
  expect(rings).toEqual([10, 10, 10]);
});

it('does not ring for what is never due, nor after it was cancelled', () => {
  const clock = new VirtualClock();
  let rings = 0;
  const alarm = new Alarm(clock, () => rings++);
  alarm.by(Infinity);
  alarm.by(10);
  alarm.cancel();
  clock.run();
  expect(rings).toBe(0);
  alarm.by(20);
  clock.run();
  expect(rings).toBe(1);
});
