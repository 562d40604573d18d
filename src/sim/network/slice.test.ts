import { describe, expect, it } from 'vitest';
import { shapedTransport } from '../../../test/support/shaped-transport.ts';
import { ShapedWorld, have } from '../../../test/support/shaped-pair.ts';
import type { Clock, Transport } from '../../core/interfaces.ts';
import { messageBytes } from '../../core/protocol/message-bytes.ts';
import { seededRandom } from '../../core/random.ts';
import { unlimitedLink, type PlannedLink } from '../plan/plan.ts';
import { emptyShaping } from './shaping-counters.ts';
import { SliceTicks } from './slice-ticks.ts';

const MBIT = 125_000;
const SLICE_MS = 10;

/** Links as on real clocks, whose timers cost something: in slices, at ticks that all share. */
class SlicedWorld extends ShapedWorld {
  wakeUps = 0;
  readonly #clock: Clock = {
    now: () => this.clock.now(),
    setTimer: (delayMs, callback) =>
      this.clock.setTimer(delayMs, () => {
        this.wakeUps++;
        callback();
      }),
  };
  readonly #ticks = new SliceTicks({ clock: this.#clock }, SLICE_MS);

  sliced(name: string, link: Partial<PlannedLink>): Transport {
    return shapedTransport(
      this.network.transport(name),
      {
        clock: this.#clock,
        random: seededRandom(name),
        timerGrainMs: 1,
        sliceMs: SLICE_MS,
        ticks: this.#ticks,
      },
      { ...unlimitedLink, ...link },
      emptyShaping(),
    );
  }
}

describe('rates in slices', () => {
  it.each([0.5, 2, 20, 200])('are right at %f Mbit/s, and no burst is longer than one slice', (megabits) => {
    const rate = megabits * MBIT;
    for (const direction of ['upBytesPerSec', 'downBytesPerSec'] as const) {
      const world = new SlicedWorld();
      const isUp = direction === 'upBytesPerSec';
      world.receive(world.sliced('to', isUp ? {} : { downBytesPerSec: rate }));
      const from = world.sliced('from', isUp ? { upBytesPerSec: rate } : { upBytesPerSec: 4 * rate });
      for (let i = 0; i < 3; i++) world.flood(from, 'to');
      world.clock.run(20_000);
      const slice = Math.max(1460, (rate * SLICE_MS) / 1000) + 64;
      const expected = 18 * rate;
      const bytes = world.arrivals
        .filter(({ atMs }) => atMs > 2000)
        .reduce((sum, { message }) => sum + messageBytes(message), 0);
      expect(Math.abs(bytes - expected)).toBeLessThan(2 * slice + 0.001 * expected);
      // What comes from four times as fast a link comes in its slices, which are longer: one of each connection.
      const most = isUp ? slice : 3 * Math.max(slice, (4 * rate * SLICE_MS) / 1000);
      expect(mostInWindow(world, 100)).toBeLessThanOrEqual(0.103 * rate + most + 64);
    }
  });

  it('end a chunk when its last byte is through, to one slice', () => {
    const world = new SlicedWorld();
    world.receive(world.sliced('to', { downBytesPerSec: 2 * MBIT }));
    world.flood(world.sliced('from', { upBytesPerSec: 2 * MBIT }), 'to', 250_000);
    world.clock.run();
    const through = world.arrivals.reduce((sum, { message }) => sum + messageBytes(message), 0);
    expect(Math.abs(world.arrivals.at(-1)!.atMs - (through / (2 * MBIT)) * 1000)).toBeLessThan(
      1.5 * SLICE_MS,
    );
  });

  it('wake a thread once a slice for all its rates', () => {
    const world = new SlicedWorld();
    world.receive(world.sliced('to', { downBytesPerSec: 2 * MBIT }));
    for (let i = 0; i < 8; i++) world.flood(world.sliced(`from${i}`, { upBytesPerSec: 2 * MBIT }), 'to');
    world.clock.run(10_000);
    expect(world.wakeUps).toBeLessThanOrEqual(10_000 / SLICE_MS + 100);
  });

  it('let a small message go between two slices of a chunk that was sent before it, and the end after all', () => {
    const world = new SlicedWorld();
    world.receive(world.sliced('to', {}));
    const from = world.sliced('from', { upBytesPerSec: 2 * MBIT });
    const connection = world.flood(from, 'to', 60_000);
    world.clock.run(50);
    connection.send(have(7));
    connection.end();
    expect(connection.bufferedBytes).toBeGreaterThan(40_000);
    world.clock.run(50 + 3 * SLICE_MS);
    expect(world.arrivals.at(-1)!.message).not.toEqual(have(7));
    expect(world.arrivals.map(({ message }) => message)).toContainEqual(have(7));
    world.clock.run();
    expect(world.payload(0, Infinity)).toBe(60_000);
    expect(connection.bufferedBytes).toBe(0);
  });
});

function mostInWindow({ arrivals }: ShapedWorld, windowMs: number): number {
  let most = 0;
  let sum = 0;
  let first = 0;
  for (const { atMs, message } of arrivals) {
    sum += messageBytes(message);
    while (arrivals[first]!.atMs <= atMs - windowMs) sum -= messageBytes(arrivals[first++]!.message);
    most = Math.max(most, sum);
  }
  return most;
}
