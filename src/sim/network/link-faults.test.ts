import { describe, expect, it } from 'vitest';
import { controlledPair } from '../../../test/support/control-world.ts';
import { have } from '../../../test/support/shaped-pair.ts';
import { systemClock } from '../../core/node/system-clock.ts';
import { TcpTransport } from '../../core/node/tcp/tcp-transport.ts';
import type { CloseReason, Connection } from '../../core/interfaces.ts';
import { seededRandom } from '../../core/random.ts';
import { unlimitedLink } from '../plan/plan.ts';
import { shapedLink } from './shaped-link.ts';
import { emptyShaping } from './shaping-counters.ts';

const MBIT = 125_000;

describe('a slow-down', () => {
  it('multiplies the rate at once, also of the block under way, and is undone as exactly', () => {
    const { world, sender } = controlledPair({ upBytesPerSec: 1000 });
    world.flood(sender.transport, 'to', 975);
    world.clock.run(500);
    sender.control.setRateFactor(0.1);
    world.clock.run(2500);
    sender.control.setRateFactor(1);
    world.clock.run();
    // 500 bytes, then 200, then 300.
    expect(world.arrivals.map(({ atMs }) => atMs)).toEqual([2800]);
  });

  it('counts the bytes that went slowly: none without a rate', () => {
    const { world, sender, receiver } = controlledPair({ upBytesPerSec: 10 * MBIT });
    sender.control.setRateFactor(0.5);
    receiver.control.setRateFactor(0.5);
    world.flood(sender.transport, 'to', 1_000_000);
    world.clock.run();
    expect(sender.control.totals().bytesSlowed).toBe(sender.counters.bytesPacedUp);
    expect(receiver.control.totals().bytesSlowed).toBe(0);
    expect(() => sender.control.setRateFactor(0)).toThrow(/above 0/);
  });
});

describe('a latency spike', () => {
  it('delays what is sent and received while it lasts, and counts it', () => {
    const { world, sender } = controlledPair({ latencyMs: 10 });
    const connection = world.open(sender.transport, 'to');
    connection.send(have(1));
    world.clock.run(1000);
    sender.control.setExtraLatencyMs(300);
    connection.send(have(2));
    world.clock.run(2000);
    sender.control.setExtraLatencyMs(0);
    connection.send(have(3));
    world.clock.run();
    expect(world.arrivals.map(({ atMs }) => atMs)).toEqual([30, 1310, 2010]);
    expect(sender.control.totals().messagesDelayed).toBe(1);
    expect(() => sender.control.setExtraLatencyMs(-1)).toThrow(/at least 0/);
  });
});

describe('a block', () => {
  it('holds what is sent until it is healed, in order and without loss, and counts it', () => {
    const { world, sender, receiver } = controlledPair({ latencyMs: 5 });
    const connection = world.open(sender.transport, 'to');
    connection.send(have(1));
    world.clock.run(1000);
    const effect = sender.control.block((host, direction) => host === 'to' && direction === 'out');
    for (let i = 2; i < 10; i++) connection.send(have(i));
    world.accepted[0]!.send(have(99));
    const heard: number[] = [];
    connection.setHandlers({ onMessage: () => heard.push(world.clock.now()), onClose: () => {} });
    world.clock.run(60_000);
    expect(world.arrivals).toHaveLength(1);
    expect(effect.messagesHeld()).toBe(8);
    // One way only: what comes in gets through.
    expect(heard).toEqual([1005]);
    sender.control.block(null);
    world.clock.run();
    expect(world.arrivals.slice(1).map(({ atMs, message }) => [atMs, message])).toEqual(
      Array.from({ length: 8 }, (_, i) => [60_000, have(i + 2)]),
    );
    expect(effect.messagesHeld()).toBe(8);
    expect(receiver.control.totals().messagesHeld).toBe(0);
  });

  it('pushes back on a sender, and nothing is missing afterwards', () => {
    const { world, sender } = controlledPair({ upBytesPerSec: 10 * MBIT });
    world.flood(sender.transport, 'to', 20 * MBIT);
    world.clock.run(500);
    sender.control.block(() => true);
    world.clock.run(1000);
    const { bytesPacedUp } = sender.counters;
    world.clock.run(30_000);
    expect(sender.counters.bytesPacedUp).toBe(bytesPacedUp);
    sender.control.block(null);
    world.clock.run();
    expect(world.payload(-1, Infinity)).toBe(20 * MBIT);
  });

  it('lets attempts to connect wait, and refuses them after 10 s without an answer', () => {
    const { world, sender } = controlledPair({ latencyMs: 10 });
    sender.control.block(() => true);
    world.open(sender.transport, 'to');
    world.clock.run(5000);
    const patient = world.open(sender.transport, 'to');
    patient.send(have(1));
    world.clock.run(12_000);
    expect(world.closes).toEqual([{ atMs: 10_000, host: 'to', kind: 'refused' }]);
    sender.control.block(null);
    world.clock.run();
    expect(world.arrivals.map(({ atMs }) => atMs)).toEqual([12_030]);
    expect(sender.control.totals().connectsHeld).toBe(2);
  });

  it('also hides a reset until it is healed, in both directions', () => {
    for (const breaker of ['near', 'far'] as const) {
      const { world, sender } = controlledPair();
      const connection = world.open(sender.transport, 'to');
      connection.send(have(1));
      world.clock.run(1000);
      const closes: number[] = [];
      world.accepted[0]!.setHandlers({ onMessage: () => {}, onClose: () => closes.push(world.clock.now()) });
      sender.control.block(() => true);
      if (breaker === 'near') connection.abort();
      else world.accepted[0]!.abort();
      world.clock.run(5000);
      const told = [...closes, ...world.closes.map(({ atMs }) => atMs)];
      expect(told).toEqual([1000]);
      sender.control.block(null);
      world.clock.run();
      expect([...closes, ...world.closes.map(({ atMs }) => atMs)].sort()).toEqual([1000, 5000]);
    }
  });

  it('of some hosts leaves the others alone', () => {
    const { world, sender } = controlledPair();
    world.receive(world.host('third', {}).transport);
    const connections = ['to', 'third'].map((host) => world.open(sender.transport, host));
    sender.control.block((host) => host === 'to');
    for (const connection of connections) connection.send(have(1));
    world.clock.run(100);
    expect(world.arrivals).toHaveLength(1);
  });
});

describe('a black hole', () => {
  it('swallows both directions without a word, and breaks what has a hole when it is over', () => {
    const { world, sender } = controlledPair({ latencyMs: 10 });
    const connection = world.open(sender.transport, 'to');
    const idle = world.open(sender.transport, 'to');
    connection.send(have(1));
    idle.send(have(1));
    world.clock.run(1000);
    sender.control.setBlackHole(true);
    connection.send(have(2));
    world.accepted[0]!.send(have(3));
    world.clock.run(9000);
    expect(world.arrivals).toHaveLength(2);
    expect(world.closes).toEqual([]);
    expect(sender.control.totals()).toMatchObject({ messagesSwallowed: 2, bytesSwallowed: 18 });
    sender.control.setBlackHole(false);
    idle.send(have(4));
    world.clock.run(10_000);
    expect(world.closes).toEqual([{ atMs: 9000, host: 'to', kind: 'reset' }]);
    expect(world.arrivals.at(-1)!.message).toEqual(have(4));
    expect(sender.control.totals().connectionsReset).toBe(1);
  });

  it('gives no answer to attempts to connect', () => {
    const { world, sender } = controlledPair();
    sender.control.setBlackHole(true);
    world.open(sender.transport, 'to');
    world.clock.run();
    expect(world.closes).toEqual([{ atMs: 10_000, host: 'to', kind: 'refused' }]);
  });
});

describe('resets', () => {
  it('hit each open connection with the probability, and both ends see them', () => {
    const { world, sender } = controlledPair({ latencyMs: 1 });
    for (let i = 0; i < 400; i++) world.open(sender.transport, 'to').send(have(1));
    world.clock.run(1000);
    const reset = sender.control.resetConnections(0.25);
    // Five standard deviations.
    expect(Math.abs(reset - 100)).toBeLessThan(5 * Math.sqrt(400 * 0.25 * 0.75));
    let told = 0;
    for (const accepted of world.accepted) {
      accepted.setHandlers({
        onMessage: () => {},
        onClose: ({ kind }) => (told += kind === 'reset' ? 1 : 0),
      });
    }
    world.clock.run(2000);
    expect(world.closes.filter(({ kind }) => kind === 'reset')).toHaveLength(reset);
    expect(told).toBe(reset);
    expect(sender.control.totals().connectionsReset).toBe(reset);
    expect(sender.control.resetConnections(0)).toBe(0);
  });
});

describe('closing the control', () => {
  it('closes what a fault had kept open', () => {
    const { world, sender } = controlledPair();
    const connection = world.open(sender.transport, 'to');
    connection.send(have(1));
    world.clock.run(100);
    let closed = 0;
    world.accepted[0]!.setHandlers({ onMessage: () => {}, onClose: () => closed++ });
    sender.control.setBlackHole(true);
    connection.abort();
    world.clock.run(1000);
    expect(closed).toBe(0);
    sender.control.close();
    world.clock.run(2000);
    expect(closed).toBe(1);
  });
});

describe('around TCP', () => {
  it('a block, a slow-down, a black hole and a reset do what they do in memory', async () => {
    const clock = systemClock();
    const inner = new TcpTransport({ clock });
    const link = (name: string) =>
      shapedLink(inner, { clock, random: seededRandom(name) }, unlimitedLink, emptyShaping());
    const [from, to] = [link('from'), link('to')];
    const heard: number[] = [];
    let onHeard: () => void = () => {};
    const address = await new Promise<{ host: string; port: number }>((resolve, reject) => {
      to.transport.listen({
        port: 0,
        role: 'peer',
        onListening: resolve,
        onError: reject,
        onConnection: (accepted: Connection) =>
          accepted.setHandlers({
            onMessage(message) {
              if (message.type === 'have') heard.push(message.index);
              onHeard();
            },
            onClose: () => {},
          }),
      });
    });
    const next = () => new Promise<void>((resolve) => (onHeard = resolve));
    const closes: CloseReason[] = [];
    const connection = from.transport.connect(address, 'swarm');
    const closed = new Promise<void>((resolve) =>
      connection.setHandlers({
        onMessage: () => {},
        onClose(reason) {
          closes.push(reason);
          resolve();
        },
      }),
    );
    const first = next();
    connection.send(have(1));
    await first;
    const effect = from.control.block(() => true);
    connection.send(have(2));
    expect(effect.messagesHeld()).toBe(1);
    const second = next();
    from.control.block(null);
    await second;
    to.control.setBlackHole(true);
    connection.send(have(3));
    while (to.control.totals().messagesSwallowed === 0) await new Promise(setImmediate);
    expect(heard).toEqual([1, 2]);
    to.control.setBlackHole(false);
    await closed;
    expect(closes).toMatchObject([{ kind: 'reset' }]);
    from.control.close();
    to.control.close();
  });
});
