import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LocalProtocolError } from '../../../core/errors.ts';
import { VirtualClock } from './virtual-clock.ts';

describe('virtual clock', () => {
  it('fires in order of time, and of setting where times are equal, whatever is cancelled', () => {
    const step = fc.record({ delay: fc.integer({ min: 0, max: 20 }), cancels: fc.option(fc.nat(200)) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const clock = new VirtualClock();
        const fired: [number, number][] = [];
        const cancelled = new Set<number>();
        const timers = steps.map(({ delay }, i) => clock.setTimer(delay, () => fired.push([clock.now(), i])));
        for (const { cancels } of steps) {
          if (cancels === null || timers[cancels] === undefined) continue;
          timers[cancels].cancel();
          cancelled.add(cancels);
        }
        expect(clock.pending).toBe(steps.length - cancelled.size);
        clock.run();
        const expected = steps
          .map(({ delay }, i): [number, number] => [delay, i])
          .filter(([, i]) => !cancelled.has(i))
          .sort(([a, i], [b, j]) => a - b || i - j);
        expect(fired).toEqual(expected);
        expect(clock.pending).toBe(0);
      }),
    );
  });

  it('fires what a callback sets for now after everything already set for now', () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    clock.setTimer(5, () => {
      fired.push('a');
      clock.setTimer(0, () => fired.push('c'));
      clock.setTimer(1e-20, () => fired.push('d'));
    });
    clock.setTimer(5, () => fired.push('b'));
    clock.run();
    expect(fired).toEqual(['a', 'b', 'c', 'd']);
    expect(clock.now()).toBe(5);
  });

  it('stops at the given time, stands there, and goes on later', () => {
    const clock = new VirtualClock();
    const fired: number[] = [];
    for (const at of [1, 10, 11]) clock.setTimer(at, () => fired.push(at));
    clock.run(10);
    expect([fired, clock.now(), clock.pending]).toEqual([[1, 10], 10, 1]);
    clock.run(10.5);
    expect(clock.now()).toBe(10.5);
    clock.run();
    expect([fired, clock.now()]).toEqual([[1, 10, 11], 11]);
  });

  it('runs until a condition holds', () => {
    const clock = new VirtualClock();
    let count = 0;
    const tick = () => {
      count++;
      if (count < 10) clock.setTimer(1, tick);
    };
    clock.setTimer(1, tick);
    expect(clock.runUntil(() => count === 4)).toBe(true);
    expect(clock.now()).toBe(4);
    expect(clock.runUntil(() => count === 99)).toBe(false);
    expect(clock.now()).toBe(10);
  });

  it('throws on what a callback throws, and can be run again', () => {
    const clock = new VirtualClock();
    let after = false;
    clock.setTimer(1, () => {
      throw new Error('broken');
    });
    clock.setTimer(2, () => (after = true));
    expect(() => clock.run()).toThrow('broken');
    clock.run();
    expect(after).toBe(true);
  });

  it('refuses a negative delay, no number, and to be run by a callback', () => {
    const clock = new VirtualClock();
    expect(() => clock.setTimer(-1, () => {})).toThrow(LocalProtocolError);
    expect(() => clock.setTimer(NaN, () => {})).toThrow(LocalProtocolError);
    expect(() => clock.setTimer(Infinity, () => {})).toThrow(LocalProtocolError);
    clock.setTimer(0, () => clock.run());
    expect(() => clock.run()).toThrow(LocalProtocolError);
  });

  it('does not keep a hundred thousand cancelled time-outs', () => {
    const clock = new VirtualClock();
    let fired = 0;
    const tick = () => {
      fired++;
      const timeout = clock.setTimer(1e9, () => {});
      timeout.cancel();
      if (fired < 100_000) clock.setTimer(1, tick);
    };
    clock.setTimer(1, tick);
    clock.run();
    expect(clock.now()).toBe(100_000);
    expect(clock.pending).toBe(0);
  });
});
