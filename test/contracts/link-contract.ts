import { describe, expect, it } from 'vitest';
import { isWithin, percentOff, type Finding } from '../../src/sim/calibrate/finding.ts';
import { binomialTest } from '../../src/sim/calibrate/significance-tests.ts';
import { messageBytes } from '../../src/core/protocol/message-bytes.ts';
import type { PlannedLink, PlannedRegions } from '../../src/sim/plan/plan.ts';
import type { ControlWorld } from '../support/control-world.ts';
import { have } from '../support/shaped-pair.ts';

const MBIT = 125_000;

export interface LinkContract {
  readonly createWorld: (regions?: PlannedRegions) => ControlWorld;
  /** The burst of a link: into how many bytes its sender is told to cut a chunk. */
  readonly blockBytes: (bytesPerSec: number) => number;
}

type Tolerance = Pick<Finding, 'error' | 'errorUnit' | 'tolerance'> & Partial<Finding>;

/** As the calibration judges it. */
function expectWithin(tolerance: Tolerance): void {
  const finding: Finding = { knob: '', setting: '', unit: 'bytes', configured: 0, measured: 0, ...tolerance };
  expect(isWithin(finding), `${finding.error} ${finding.errorUnit}`).toBe(true);
}

/** What every link promises, whatever paces it: the knobs of docs/model.md, by the calibration's tolerances. */
export function describeLink(name: string, { createWorld, blockBytes }: LinkContract): void {
  /** Sends without end from one host to another, and returns the world after that time. */
  function flooded(from: Partial<PlannedLink>, to: Partial<PlannedLink>, connections: number, ms: number) {
    const world = createWorld();
    world.receive(world.host('to', to).transport);
    const sender = world.host('from', from);
    for (let i = 0; i < connections; i++) world.flood(sender.transport, 'to');
    world.clock.run(ms);
    return { world, sender };
  }

  function wireBytes(world: ControlWorld, fromMs: number, toMs: number, connection?: number): number {
    return world.arrivals
      .filter(({ atMs }) => atMs > fromMs && atMs <= toMs)
      .filter((arrival) => connection === undefined || arrival.connection === connection)
      .reduce((sum, { message }) => sum + messageBytes(message), 0);
  }

  describe(`link contract: ${name}`, () => {
    describe('a rate', () => {
      const cases = [0.256, 1, 10, 100].flatMap((megabits) =>
        [1, 16].flatMap((connections) =>
          (['up', 'down'] as const).map((direction) => ({ megabits, connections, direction })),
        ),
      );
      it.each(cases)(
        'of $megabits Mbit/s $direction holds within 2 %, and $connections connections share it within 5 % and a block',
        ({ megabits, connections, direction }) => {
          const rate = megabits * MBIT;
          const measureMs = Math.max(20_000, (100 * connections * blockBytes(rate) * 1000) / rate);
          const limit = direction === 'up' ? { upBytesPerSec: rate } : { downBytesPerSec: rate };
          // A sender without a rate cuts blocks of 256 KiB: so it gets one that is none the less never the limit.
          const from = direction === 'up' ? limit : { upBytesPerSec: 4 * rate };
          const to = direction === 'up' ? {} : limit;
          const { world } = flooded(from, to, connections, 10_000 + measureMs);
          const endMs = 10_000 + measureMs;
          const block = blockBytes(rate * (direction === 'up' ? 1 : 4)) + 25;
          const total = wireBytes(world, 10_000, endMs);
          const blocks = connections * (block / (rate * (measureMs / 1000))) * 100;
          expectWithin({
            error: percentOff(total, (rate * measureMs) / 1000),
            errorUnit: '%',
            tolerance: 2,
            slicePercent: blocks,
          });
          const fair = total / connections;
          for (let i = 0; i < connections; i++) {
            expectWithin({
              error: percentOff(wireBytes(world, 10_000, endMs, i), fair),
              errorUnit: '%',
              tolerance: 5,
              slicePercent: (block / fair) * 100,
            });
          }
        },
      );

      it('is never exceeded, over any time, by more than the blocks under way', () => {
        const rate = 10 * MBIT;
        const { world } = flooded({ upBytesPerSec: rate }, {}, 4, 20_000);
        let through = 0;
        for (const { atMs, message } of world.arrivals) {
          through += messageBytes(message);
          expect(through).toBeLessThanOrEqual((atMs * rate) / 1000 + 0.01);
        }
        expect(through).toBeGreaterThan(20 * rate - 4 * (blockBytes(rate) + 25));
      });

      it.each([50_000, 500_000, 5_000_000])(
        'of %i B/s lets a single message through in its size / rate',
        (rate) => {
          const world = createWorld();
          world.receive(world.host('to', {}).transport);
          world.flood(world.host('from', { upBytesPerSec: rate }).transport, 'to', 1000);
          world.clock.run();
          expect(world.arrivals[0]!.atMs).toBeCloseTo((1025 / rate) * 1000, 6);
        },
      );

      it('that is the slower of both ends holds for both, without waiting for the whole message at each', () => {
        const { world } = flooded({ upBytesPerSec: 90 * MBIT }, { downBytesPerSec: 10 * MBIT }, 1, 20_000);
        const total = wireBytes(world, 0, 20_000);
        expect(total).toBeGreaterThan(20 * 10 * MBIT - 2 * (blockBytes(90 * MBIT) + 25));
        expect(total).toBeLessThanOrEqual(20 * 10 * MBIT);
      });

      it('that one connection cannot use is the others’: shares are max-min fair', () => {
        const world = createWorld();
        const slow = { downBytesPerSec: MBIT };
        for (const [host, link] of Object.entries({ slow, fast: {}, fast2: {} })) {
          world.receive(world.host(host, link).transport);
        }
        const { transport } = world.host('from', { upBytesPerSec: 9 * MBIT });
        for (const host of ['slow', 'fast', 'fast2']) world.flood(transport, host);
        world.clock.run(60_000);
        const received = [0, 1, 2].map((i) => wireBytes(world, 20_000, 60_000, i)).toSorted((a, b) => a - b);
        const rates = received.map((bytes) => bytes / 40 / MBIT);
        expect(rates[0]).toBeGreaterThan(0.95 * 1);
        expect(rates[0]).toBeLessThan(1.05 * 1);
        for (const rate of rates.slice(1)) {
          expect(rate).toBeGreaterThan(0.95 * 4);
          expect(rate).toBeLessThan(1.05 * 4);
        }
      });

      it('leaves the share of a connection that takes nothing to the others', () => {
        const { world } = flooded({ upBytesPerSec: 8 * MBIT }, {}, 3, 1000);
        world.accepted[0]!.pause();
        world.clock.run(20_000);
        const before = world.payload(0, 20_000, 0);
        world.clock.run(40_000);
        expect(world.payload(0, 40_000, 0)).toBe(before);
        expect(world.payload(20_000, 40_000)).toBeGreaterThan(0.96 * 20 * 8 * MBIT);
        world.accepted[0]!.resume();
        world.clock.run(60_000);
        expect(world.payload(40_000, 60_000, 0)).toBeGreaterThan((0.9 * 20 * 8 * MBIT) / 3);
      });

      it('that moves in a straight line serves its integral within 2 %', () => {
        const changes = [{ atMs: 10_000, overMs: 10_000, upBytesPerSec: 9 * MBIT }];
        const { world } = flooded({ upBytesPerSec: MBIT, changes }, {}, 1, 40_000);
        for (const [fromMs, toMs, expected] of [
          [0, 10_000, 10 * MBIT],
          [10_000, 20_000, 50 * MBIT],
          [20_000, 40_000, 180 * MBIT],
        ] as const) {
          expectWithin({
            error: percentOff(wireBytes(world, fromMs, toMs), expected),
            errorUnit: '%',
            tolerance: 2,
            slicePercent: ((blockBytes(9 * MBIT) + 25) / expected) * 100,
          });
        }
      });

      it('that a fault slows down holds at once, also for what is under way, and is undone as exactly', () => {
        const world = createWorld();
        world.receive(world.host('to', {}).transport);
        const { transport, control, counters } = world.host('from', { upBytesPerSec: 1000 });
        world.flood(transport, 'to', 975);
        world.clock.run(500);
        control.setRateFactor(0.1);
        world.clock.run(2500);
        control.setRateFactor(1);
        world.clock.run();
        expect(world.arrivals[0]!.atMs).toBeCloseTo(2800, 6);
        expect(counters.bytesPacedUp).toBe(1000);
        expect(() => control.setRateFactor(0)).toThrow(/above 0/);
      });

      it('lets a control message of one connection pass the bulk of the others', () => {
        const { world, sender } = flooded({ upBytesPerSec: 2 * MBIT }, {}, 4, 5000);
        const connection = world.open(sender.transport, 'to');
        connection.send(have(5));
        world.clock.run(6000);
        const arrival = world.arrivals.find(({ message }) => message.type === 'have');
        expect(arrival!.atMs - 5000).toBeLessThan(55);
      });

      it.each([
        ['uplink', { upBytesPerSec: 125 }, {}],
        ['downlink', {}, { downBytesPerSec: 125 }],
      ])('however slow the %s, lets no message but the parts of a chunk be passed', (_which, from, to) => {
        const world = createWorld();
        world.receive(world.host('to', to).transport);
        const { transport } = world.host('from', from);
        const connections = Array.from({ length: 9 }, () => world.open(transport, 'to'));
        // Some wait long for those before them, and are under way when the next ones are sent.
        for (let index = 1; index <= 200; index++) {
          for (const connection of connections) {
            if (index % 4 === 0) connection.send({ type: 'bitfield', bits: new Uint8Array([index]) });
            else connection.send({ type: 'have', index });
          }
          world.clock.run(world.clock.now() + (index % 40 < 20 ? 100 : 1900));
        }
        world.clock.run(world.clock.now() + 600_000);
        const sent = Array.from({ length: 200 }, (_, at) => at + 1);
        connections.forEach((_, connection) => {
          const own = world.arrivals.filter((arrival) => arrival.connection === connection);
          const told = own.map(({ message }) =>
            message.type === 'have'
              ? message.index
              : message.type === 'bitfield'
                ? message.bits[0]
                : message.type,
          );
          expect(told).toEqual(sent);
        });
      });

      it('lets a control message of the connection itself pass what a chunk has not queued yet', () => {
        const world = createWorld();
        world.receive(world.host('to', {}).transport);
        const { transport } = world.host('from', { upBytesPerSec: 2 * MBIT });
        const connection = world.flood(transport, 'to');
        world.clock.run(5000);
        connection.send(have(5));
        world.clock.run(6000);
        const arrival = world.arrivals.find(({ message }) => message.type === 'have');
        expect(arrival!.atMs - 5000).toBeLessThan(40);
      });
    });

    describe('latency', () => {
      it('of a pair is the sum of both, exactly, and connecting costs one round trip more', () => {
        const world = createWorld();
        world.receive(world.host('to', { latencyMs: 30 }).transport);
        const connection = world.open(world.host('from', { latencyMs: 20 }).transport, 'to');
        connection.send(have(1));
        world.clock.run();
        connection.send(have(2));
        world.clock.run();
        expect(world.arrivals.map(({ atMs }) => atMs)).toEqual([150, 200]);
      });

      it('of 200 ms costs less than 3 % of the throughput', () => {
        const [none, far] = [0, 100].map((latencyMs) => {
          const link = { latencyMs, upBytesPerSec: 20 * MBIT, downBytesPerSec: 20 * MBIT };
          return wireBytes(flooded(link, link, 1, 61_000).world, 1000, 61_000);
        });
        expectWithin({ error: percentOff(far!, none!), errorUnit: '%', tolerance: 3 });
      });

      it.each([
        { kind: 'exponential', mean: 80 },
        { kind: 'pareto', min: 1, alpha: 1.1 },
        { kind: 'uniform', min: 0, max: 300 },
      ] as const)('with jitter ($kind) never reorders a connection, nor slows it', (jitterMs) => {
        const link = { latencyMs: 10, jitterMs, upBytesPerSec: 20 * MBIT, downBytesPerSec: 20 * MBIT };
        const world = createWorld();
        world.receive(world.host('to', link).transport);
        world.flood(world.host('from', link).transport, 'to', 20 * MBIT * 30);
        world.clock.run();
        const offsets = world.arrivals.flatMap(({ message }) =>
          message.type === 'chunk' ? [message.offset] : [],
        );
        expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
        expect(world.payload(-1, Infinity)).toBe(20 * MBIT * 30);
        if (jitterMs.kind !== 'pareto') expect(world.clock.now()).toBeLessThan(33_000);
      });

      it('of regions is the directed one of the table, beside both latencies', () => {
        const regions = {
          names: ['eu', 'us'],
          delayMs: [
            [2, 40],
            [60, 4],
          ],
        };
        const world = createWorld(regions);
        const hosts = {
          eu: world.host('eu', { region: 'eu', latencyMs: 1 }),
          us: world.host('us', { region: 'us', latencyMs: 3 }),
          us2: world.host('us2', { region: 'us' }),
          nowhere: world.host('nowhere', { latencyMs: 5 }),
        };
        for (const { transport } of Object.values(hosts)) world.receive(transport);
        const oneWay = (from: keyof typeof hosts, to: keyof typeof hosts): number => {
          const connection = world.open(hosts[from].transport, to);
          connection.send(have(1));
          world.clock.run();
          const sentMs = world.clock.now();
          connection.send(have(2));
          world.clock.run();
          return world.arrivals.at(-1)!.atMs - sentMs;
        };
        expect([oneWay('eu', 'us'), oneWay('us', 'eu'), oneWay('us', 'us2')]).toEqual([44, 64, 7]);
        expect([oneWay('eu', 'nowhere'), oneWay('nowhere', 'us')]).toEqual([6, 8]);
      });

      it('that a spike adds to is counted, and holds while it lasts', () => {
        const world = createWorld();
        world.receive(world.host('to', {}).transport);
        const { transport, control } = world.host('from', { latencyMs: 10 });
        const connection = world.open(transport, 'to');
        connection.send(have(1));
        for (const [atMs, extraMs] of [
          [1000, 300],
          [2000, 0],
        ] as const) {
          world.clock.run(atMs);
          control.setExtraLatencyMs(extraMs);
          connection.send(have(2));
        }
        world.clock.run();
        expect(world.arrivals.map(({ atMs }) => atMs)).toEqual([30, 1310, 2010]);
        expect(control.totals().messagesDelayed).toBe(1);
        expect(() => control.setExtraLatencyMs(-1)).toThrow(/at least 0/);
      });
    });

    describe('loss and windows', () => {
      it('stall a connection for a time-out a lost segment, never reorder it, and count both', () => {
        const world = createWorld();
        world.receive(world.host('to', {}).transport);
        const loss = { probability: 0.01, segmentBytes: 1460, timeoutMs: 200 };
        const { transport, control } = world.host('from', { loss });
        const bytes = 1460 * 20_000;
        world.flood(transport, 'to', bytes);
        world.clock.run();
        const { segments, stalls } = control.totals();
        expectWithin({ error: percentOff(segments, 20_010), errorUnit: '%', tolerance: 0.1 });
        expectWithin({ error: binomialTest(stalls, segments, 0.01).p, errorUnit: 'p', tolerance: 0.001 });
        expect(world.clock.now()).toBe(stalls * 200);
        const offsets = world.arrivals.flatMap(({ message }) =>
          message.type === 'chunk' ? [message.offset] : [],
        );
        expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
        expect(world.payload(-1, Infinity)).toBe(bytes);
      });

      it('of one connection leave the rate to the others, and hold little back', () => {
        const loss = { probability: 1, segmentBytes: 1460, timeoutMs: 1000 };
        const rate = 8 * MBIT;
        const { sender } = flooded({ loss, upBytesPerSec: rate }, {}, 1, 10_000);
        expect(sender.counters.bytesPacedUp).toBeLessThan(10 * 1460 + 65_536 + 3 * (blockBytes(rate) + 25));
      });

      it.each(['sender', 'receiver'])(
        'let one TCP window through a round trip, whichever side has it: %s',
        (who) => {
          const window = { bytes: 64 * 1024, slowStart: false };
          const to = { latencyMs: 30, ...(who === 'receiver' && { window }) };
          const from = { latencyMs: 20, ...(who === 'sender' && { window }) };
          const { world } = flooded(from, to, 1, 11_000);
          const error = percentOff(world.payload(1000, 11_000) / 10, window.bytes / 0.1);
          expectWithin({ error, errorUnit: '%', tolerance: 3 });
        },
      );

      it('open from 10 segments, doubling each round trip', () => {
        const window = { bytes: 1_000_000, slowStart: true };
        const { world } = flooded({ latencyMs: 50, window }, {}, 1, 2000);
        for (const n of [0, 1, 2, 3, 4, 5]) {
          const bytes = world.payload(149 + n * 100, 151 + n * 100);
          expect(bytes).toBeGreaterThan(2 ** n * 13_000);
          expect(bytes).toBeLessThanOrEqual(2 ** n * 14_600);
          expect(world.payload(151 + n * 100, 249 + n * 100)).toBe(0);
        }
        expect(world.payload(1149, 1249)).toBeGreaterThan(0.97 * window.bytes);
      });
    });

    it.each([
      [{ changes: [{ atMs: 0, overMs: 0, upBytesPerSec: 5 }] }, /cannot change upBytesPerSec/],
      [{ downBytesPerSec: 9, changes: [{ atMs: 0, overMs: 0, downBytesPerSec: 0 }] }, /a rate is above 0/],
      [{ region: 'moon' }, /"moon" is not in the table/],
    ])('refuses what it cannot do: %o', (link, message) => {
      expect(() => createWorld().host('from', link)).toThrow(message);
    });
  });
}
