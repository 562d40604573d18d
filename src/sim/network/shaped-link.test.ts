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

  it.each([
    [{ changes: [{ atMs: 0, overMs: 0, upBytesPerSec: 5 }] }, /cannot change upBytesPerSec/],
    [{ downBytesPerSec: 9, changes: [{ atMs: 0, overMs: 0, downBytesPerSec: 0 }] }, /a rate is above 0/],
    [{ region: 'moon' }, /"moon" is not in the table/],
  ])('refuses what it cannot do: %o', (link, message) => {
    expect(() => new ControlWorld().host('from', link)).toThrow(message);
  });
});

describe('regions', () => {
  const regions = {
    names: ['eu', 'us'],
    delayMs: [
      [2, 40],
      [60, 4],
    ],
  };

  it('put a pair apart by the directed delay of the table and both latencies', () => {
    const world = new ControlWorld(regions);
    const links = {
      eu: { region: 'eu', latencyMs: 1 },
      us: { region: 'us', latencyMs: 3 },
      us2: { region: 'us' },
      nowhere: { latencyMs: 5 },
    };
    for (const [name, link] of Object.entries(links)) world.receive(world.host(name, link).transport);
    const oneWay = (from: string, to: string) => {
      const connection = world.open(world.host(from, links[from as 'eu']).transport, to);
      connection.send(have(1));
      world.clock.run();
      const sentMs = world.clock.now();
      connection.send(have(2));
      world.clock.run();
      return world.arrivals.at(-1)!.atMs - sentMs;
    };
    expect(oneWay('eu', 'us')).toBe(44);
    expect(oneWay('us', 'eu')).toBe(64);
    expect(oneWay('us', 'us2')).toBe(7);
    expect(oneWay('eu', 'nowhere')).toBe(6);
    expect(oneWay('nowhere', 'us')).toBe(8);
  });
});

describe('loss', () => {
  it('stalls a connection for a time-out a lost segment, never reorders, and counts both', () => {
    const world = new ControlWorld();
    world.receive(world.host('to', {}).transport);
    const loss = { probability: 0.01, segmentBytes: 1460, timeoutMs: 200 };
    const { transport, control } = world.host('from', { loss });
    const bytes = 1460 * 20_000;
    world.flood(transport, 'to', bytes);
    world.clock.run();
    const { segments, stalls } = control.totals();
    // Heads of blocks travel too.
    expect(segments).toBeGreaterThanOrEqual(20_000);
    expect(segments).toBeLessThan(20_020);
    // Five standard deviations.
    expect(Math.abs(stalls - 0.01 * segments)).toBeLessThan(5 * Math.sqrt(0.01 * 0.99 * segments));
    expect(world.clock.now()).toBe(stalls * 200);
    const offsets = world.arrivals.flatMap(({ message }) => (message.type === 'chunk' ? message.offset : []));
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    expect(world.payload(-1, Infinity)).toBe(bytes);
  });

  it('of one connection leaves the rate to the others, and stays bounded', () => {
    const world = new ControlWorld();
    world.receive(world.host('to', {}).transport);
    const loss = { probability: 1, segmentBytes: 1460, timeoutMs: 1000 };
    const { transport, counters } = world.host('from', { loss, upBytesPerSec: 8 * MBIT });
    world.flood(transport, 'to');
    world.clock.run(10_000);
    // Each segment takes a second; besides, 64 KiB may be in flight and two blocks under way.
    expect(counters.bytesPacedUp).toBeLessThan(10 * 1460 + 65_536 + 2 * 10_025);
  });

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
  it.each(['sender', 'receiver'])(
    'lets one window through a round trip, whichever side has it: %s',
    (who) => {
      const world = new ControlWorld();
      const window = { bytes: 64 * 1024, slowStart: false };
      const to = { latencyMs: 30, ...(who === 'receiver' && { window }) };
      const from = { latencyMs: 20, ...(who === 'sender' && { window }) };
      world.receive(world.host('to', to).transport);
      world.flood(world.host('from', from).transport, 'to');
      world.clock.run(11_000);
      const perSecond = world.payload(1000, 11_000) / 10;
      expect(perSecond / (window.bytes / 0.1)).toBeGreaterThan(0.97);
      expect(perSecond / (window.bytes / 0.1)).toBeLessThanOrEqual(1);
    },
  );

  it('opens from 10 segments, doubling each round trip', () => {
    const world = new ControlWorld();
    world.receive(world.host('to', {}).transport);
    const window = { bytes: 1_000_000, slowStart: true };
    world.flood(world.host('from', { latencyMs: 50, window }).transport, 'to');
    world.clock.run(2000);
    // The connection stands after 100 ms; a round trip is 100 ms, at whose middle all of it arrives at once.
    const rounds = [0, 1, 2, 3, 4, 5].map((n) => world.payload(149 + n * 100, 151 + n * 100));
    for (const [n, bytes] of rounds.entries()) {
      expect(bytes).toBeGreaterThan(2 ** n * 13_000);
      expect(bytes).toBeLessThanOrEqual(2 ** n * 14_600);
      expect(world.payload(151 + n * 100, 249 + n * 100)).toBe(0);
    }
    expect(world.payload(1149, 1249)).toBeGreaterThan(0.97 * window.bytes);
  });

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
