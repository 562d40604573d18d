import { describe, expect, it } from 'vitest';
import { ControlWorld } from '../../../test/support/control-world.ts';
import { messageBytes } from '../../core/protocol/message-bytes.ts';

const have = (index: number) => ({ type: 'have', index }) as const;
const MBIT = 125_000;

describe('a link that changes', () => {
  it('serves exactly the integral of a rate that moves in a straight line', () => {
    const world = new ControlWorld();
    world.receive(world.host('to', {}).transport);
    const changes = [{ atMs: 10_000, overMs: 10_000, upBytesPerSec: 9 * MBIT }];
    world.flood(world.host('from', { upBytesPerSec: MBIT, changes }).transport, 'to');
    world.clock.run(30_000);
    const bytes = (fromMs: number, toMs: number) =>
      world.arrivals
        .filter(({ atMs }) => atMs > fromMs && atMs <= toMs)
        .reduce((sum, { message }) => sum + messageBytes(message), 0);
    const block = 9 * MBIT * 0.01 + 25;
    for (const [fromMs, toMs, expected] of [
      [0, 10_000, 10 * MBIT],
      [10_000, 15_000, 5 * 3 * MBIT],
      [15_000, 20_000, 5 * 7 * MBIT],
      [20_000, 30_000, 90 * MBIT],
    ] as const) {
      expect(Math.abs(bytes(fromMs, toMs) - expected)).toBeLessThanOrEqual(block);
    }
  });

  it('counts the time of changes from the start it is told, and latency moves too', () => {
    const world = new ControlWorld();
    world.receive(world.host('to', {}).transport);
    const changes = [{ atMs: 1000, overMs: 1000, latencyMs: 100 }];
    const { transport, control } = world.host('from', { latencyMs: 0, changes });
    control.setStartMs(5000);
    const connection = world.open(transport, 'to');
    for (const atMs of [5500, 6250, 6500, 9000]) {
      world.clock.run(atMs);
      connection.send(have(1));
    }
    world.clock.run();
    expect(world.arrivals.map(({ atMs }) => atMs)).toEqual([5500, 6275, 6550, 9100]);
  });
});

describe('loss', () => {
  it('treats each control message as a segment of its own', () => {
    const world = new ControlWorld();
    world.receive(world.host('to', {}).transport);
    const loss = { probability: 1, segmentBytes: 1460, timeoutMs: 300 };
    const { transport, control } = world.host('from', { loss });
    const connection = world.open(transport, 'to');
    for (let i = 1; i <= 3; i++) connection.send(have(i));
    world.clock.run();
    expect(world.arrivals.map(({ atMs }) => atMs)).toEqual([300, 600, 900]);
    expect(control.totals()).toMatchObject({ segments: 3, stalls: 3 });
  });
});

describe('a TCP window', () => {
  it('keeps what waits behind it short, so that a control message gets through', () => {
    const world = new ControlWorld();
    world.receive(world.host('to', {}).transport);
    const window = { bytes: 64 * 1024, slowStart: false };
    const connection = world.flood(world.host('from', { latencyMs: 50, window }).transport, 'to');
    world.clock.run(5000);
    expect(connection.bufferedBytes).toBeLessThanOrEqual(2.2 * window.bytes);
    connection.send(have(1));
    world.clock.run(5500);
    // Two windows before it, a round trip each, and its own way.
    expect(world.arrivals.find(({ message }) => message.type === 'have')!.atMs).toBeLessThan(5300);
  });

  it('wider than rate times round trip costs nothing', () => {
    const world = new ControlWorld();
    world.receive(world.host('to', { latencyMs: 50 }).transport);
    const link = {
      latencyMs: 50,
      upBytesPerSec: 8 * MBIT,
      window: { bytes: 8 * MBIT * 0.25, slowStart: false },
    };
    world.flood(world.host('from', link).transport, 'to');
    world.clock.run(11_000);
    expect(world.payload(1000, 11_000)).toBeGreaterThan(0.98 * 80 * MBIT);
  });
});
