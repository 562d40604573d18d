import { describe, expect, it } from 'vitest';
import { bodyBytes, have, ShapedWorld } from '../../../test/support/shaped-pair.ts';
import type { CloseReason } from '../../core/interfaces.ts';
import { systemClock } from '../../core/node/system-clock.ts';
import { TcpTransport } from '../../core/node/tcp/tcp-transport.ts';
import { messageBytes } from '../../core/protocol/message-bytes.ts';
import { seededRandom } from '../../core/random.ts';
import { VirtualClock } from '../engines/virtual/virtual-clock.ts';
import { MemoryNetwork } from '../engines/virtual/memory-transport.ts';
import { unlimitedLink } from '../plan/plan.ts';
import { blockBytes } from './link-sizes.ts';
import { shapedTransport } from '../../../test/support/shaped-transport.ts';
import { emptyShaping } from './shaping-counters.ts';

const MBIT = 125_000;
const handshake = { type: 'handshake', version: 1, name: 'a', port: 1, totalChunks: 1 } as const;

describe('rates', () => {
  it.each([
    ['uplink', { upBytesPerSec: 10 * MBIT }, {}],
    ['downlink', {}, { downBytesPerSec: 10 * MBIT }],
    ['slower of both', { upBytesPerSec: 10 * MBIT }, { downBytesPerSec: 10 * MBIT }],
    ['slower of both, downlink', { upBytesPerSec: 90 * MBIT }, { downBytesPerSec: 10 * MBIT }],
  ])('are exact: %s', (_name, from, to) => {
    const world = new ShapedWorld();
    world.receive(world.host('to', to).transport);
    world.flood(world.host('from', from).transport, 'to');
    world.clock.run(21_000);
    // Heads of blocks (25 bytes each) travel too.
    const bytes = world.arrivals
      .filter(({ atMs }) => atMs > 1000 && atMs <= 21_000)
      .reduce((sum, { message }) => sum + messageBytes(message), 0);
    const oneMessage = messageBytes(world.arrivals[0]!.message);
    expect(Math.abs(bytes - 20 * 10 * MBIT)).toBeLessThanOrEqual(2 * oneMessage);
  });

  it.each([50_000, 500_000, 5_000_000])('a single message takes its size / rate at %i B/s', (rate) => {
    const world = new ShapedWorld();
    world.receive(world.host('to', {}).transport);
    world.flood(world.host('from', { upBytesPerSec: rate }).transport, 'to', 1000);
    world.clock.run();
    expect(world.arrivals[0]!.atMs).toBeCloseTo((1025 / rate) * 1000, 6);
  });

  it.each([MBIT / 100, MBIT])(
    'a downlink of %i B/s shows the bytes of one large message as they come',
    (rate) => {
      const world = new ShapedWorld();
      world.receive(world.host('to', { downBytesPerSec: rate }).transport);
      world.flood(world.host('from', {}).transport, 'to', 256 * 1024);
      world.clock.run();
      const sizes = world.arrivals.map(({ message }) => bodyBytes(message));
      expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBe(256 * 1024);
      for (const [at, { atMs }] of world.arrivals.entries()) {
        const sinceMs = atMs - (world.arrivals[at - 1]?.atMs ?? 0);
        // A quarter of a second, or a block of 1,460 bytes and the head, where that takes longer.
        expect(sinceMs).toBeLessThanOrEqual(Math.max(250, (1460 / rate) * 1000) + (25 / rate) * 1000 + 1e-6);
      }
      expect(world.arrivals.at(-1)!.atMs).toBeCloseTo(((25 + 256 * 1024) / rate) * 1000, 3);
    },
  );

  it('hold per peer, not per connection, and are shared by an uplink within 5 %', () => {
    const world = new ShapedWorld();
    world.receive(world.host('to', {}).transport);
    const { transport, counters } = world.host('from', { upBytesPerSec: 8 * MBIT });
    for (let i = 0; i < 7; i++) world.flood(transport, 'to');
    world.clock.run(20_000);
    const shares = Array.from({ length: 7 }, (_, i) => world.payload(0, 20_000, i));
    const fair = (20 * 8 * MBIT) / 7;
    for (const share of shares) expect(Math.abs(share / fair - 1)).toBeLessThan(0.05);
    expect(counters.bytesPacedUp).toBeLessThanOrEqual(20 * 8 * MBIT);
    expect(counters.bytesPacedUp).toBeGreaterThan(0.999 * 20 * 8 * MBIT);
  });

  it('are shared by a downlink within 5 %, whatever the size of the blocks that come in', () => {
    const world = new ShapedWorld();
    world.receive(world.host('to', { downBytesPerSec: 8 * MBIT, latencyMs: 20 }).transport);
    const links = [{}, { upBytesPerSec: 100 * MBIT }, { upBytesPerSec: 4 * MBIT }, { latencyMs: 100 }];
    links.forEach((link, i) => world.flood(world.host(`from${i}`, link).transport, 'to'));
    world.clock.run(41_000);
    const fair = (40 * 8 * MBIT) / 4;
    for (let i = 0; i < 4; i++) {
      expect(Math.abs(world.payload(1000, 41_000, i) / fair - 1)).toBeLessThan(0.05);
    }
  });

  it('have one message under way at a time, however many connections share them', () => {
    const world = new ShapedWorld();
    world.receive(world.host('to', {}).transport);
    const rate = 32_000;
    const { transport } = world.host('from', { upBytesPerSec: rate });
    for (let i = 0; i < 16; i++) world.flood(transport, 'to');
    world.clock.run(30_000);
    let through = 0;
    for (const { atMs, message } of world.arrivals) {
      through += messageBytes(message);
      expect(Math.abs((atMs * rate) / 1000 - through)).toBeLessThan(0.001);
    }
    expect(through).toBeGreaterThan(30 * rate - 2000);
  });

  it('cut blocks to 1 ms of the uplink, within bounds', () => {
    expect([1e3, 1e7, 1e9].map((rate) => blockBytes(rate))).toEqual([1460, 10_000, 262_144]);
    const world = new ShapedWorld();
    const { transport } = world.host('from', { upBytesPerSec: 1e7 });
    expect(transport.connect({ host: 'to', port: 1 }, 'swarm').blockBytes).toBe(10_000);
  });
});

describe('latency', () => {
  it('delays the end and a reset, and a refusal by the opener’s own round trip', () => {
    const world = new ShapedWorld();
    const closes: [string, CloseReason['kind'], number][] = [];
    const closed = (name: string) => (reason: CloseReason) =>
      closes.push([name, reason.kind, world.clock.now()]);
    const { transport } = world.host('from', { latencyMs: 20 });
    const refused = transport.connect({ host: 'to', port: 1 }, 'swarm');
    refused.setHandlers({ onMessage: () => {}, onClose: closed('refused') });
    world.clock.run();
    expect(closes).toEqual([['refused', 'refused', 40]]);
    world.receive(world.host('to', { latencyMs: 30 }).transport);
    for (const how of ['end', 'abort'] as const) {
      closes.length = 0;
      world.accepted.length = 0;
      const startMs = world.clock.now();
      const connection = transport.connect({ host: 'to', port: 1 }, 'swarm');
      connection.setHandlers({ onMessage: () => {}, onClose: closed('opener') });
      connection.send(handshake);
      world.clock.run(startMs + 1000);
      world.accepted[0]!.setHandlers({ onMessage: () => {}, onClose: closed('accepter') });
      connection[how]();
      world.clock.run();
      const times = Object.fromEntries(closes.map(([name, kind, at]) => [name, [kind, at - startMs - 1000]]));
      if (how === 'abort') expect(times).toEqual({ opener: ['reset', 0], accepter: ['reset', 30] });
      // The accepter's answer to the end takes as long as the end took.
      else expect(times).toEqual({ opener: ['end', 100], accepter: ['end', 80] });
    }
  });

  it('differs by message under jitter, reproducibly', () => {
    const run = () => {
      const world = new ShapedWorld();
      world.receive(world.host('to', {}).transport);
      const jitterMs = { kind: 'uniform', min: 0, max: 50 } as const;
      const connection = world.host('from', { jitterMs }).transport.connect({ host: 'to', port: 1 }, 'swarm');
      connection.setHandlers({ onMessage: () => {}, onClose: () => {} });
      for (let i = 0; i < 20; i++) world.clock.setTimer(200 + i * 100, () => connection.send(have(i + 1)));
      world.clock.run();
      return world.arrivals.map(({ atMs }, i) => atMs - 200 - i * 100);
    };
    const delays = run();
    expect(new Set(delays).size).toBe(20);
    expect(Math.max(...delays)).toBeLessThanOrEqual(50);
    expect(run()).toEqual(delays);
  });
});

describe('order and back-pressure', () => {
  it('the end comes after the data, on a link with everything', () => {
    const world = new ShapedWorld();
    const link = { upBytesPerSec: MBIT, downBytesPerSec: MBIT, latencyMs: 40 };
    world.receive(world.host('to', link).transport);
    const connection = world.flood(world.host('from', link).transport, 'to', 100_000);
    let closedMs = 0;
    world.clock.runUntil(() => connection.bufferedBytes === 0 && world.payload(0, Infinity) > 90_000);
    connection.setHandlers({ onMessage: () => {}, onClose: () => (closedMs = world.clock.now()) });
    connection.end();
    world.clock.run();
    expect(world.payload(0, Infinity)).toBe(100_000);
    expect(closedMs).toBeGreaterThan(world.arrivals.at(-1)!.atMs);
  });

  it('an uplink queues little, and what an idle receiver is sent stays bounded', () => {
    const world = new ShapedWorld();
    const down = { downBytesPerSec: 10 * MBIT, latencyMs: 50 };
    world.receive(world.host('to', down).transport);
    const slow = world.flood(world.host('slow', { upBytesPerSec: MBIT }).transport, 'to');
    expect(slow.bufferedBytes).toBeLessThanOrEqual(3 * blockBytes(MBIT) + 100);
    const { transport, counters } = world.host('fast', { upBytesPerSec: 100 * MBIT });
    world.flood(transport, 'to');
    world.clock.run(5000);
    for (const connection of world.accepted) connection.pause();
    const sent = counters.bytesPacedUp;
    world.clock.run(60_000);
    // The downlink's window of 187,500 bytes, the inner connection's of 1 MiB and its buffer.
    expect(counters.bytesPacedUp - sent).toBeLessThan(1.6e6);
  });

  it('a reset drops what waits for the rate', () => {
    const world = new ShapedWorld();
    world.receive(world.host('to', { downBytesPerSec: 0.1 * MBIT }).transport);
    const connection = world.flood(world.host('from', {}).transport, 'to', 60_000);
    world.clock.run(1000);
    connection.abort();
    world.clock.run();
    expect(world.payload(0, Infinity)).toBeLessThan(60_000);
  });
});

describe('a link without limits and latency', () => {
  it('is the inner transport itself', () => {
    const clock = new VirtualClock();
    const inner = new MemoryNetwork({ clock }).transport('a');
    const shaped = shapedTransport(
      inner,
      { clock, random: seededRandom('a') },
      unlimitedLink,
      emptyShaping(),
    );
    expect(shaped).toBe(inner);
  });
});

describe('around TCP', () => {
  it('half a second of bytes at 40 Mbit/s takes half a second and arrives intact', async () => {
    const clock = systemClock();
    const inner = new TcpTransport({ clock });
    const random = seededRandom('tcp');
    const link = { ...unlimitedLink, latencyMs: 5 };
    const up = emptyShaping();
    const rate = 40 * MBIT;
    const from = shapedTransport(inner, { clock, random }, { ...link, upBytesPerSec: rate }, up);
    const to = shapedTransport(
      inner,
      { clock, random },
      { ...link, downBytesPerSec: 2 * rate },
      emptyShaping(),
    );
    const sent = Buffer.from(Array.from({ length: rate / 2 }, (_, i) => (i * i) >> 8));
    const received: Buffer[] = [];
    const elapsedMs = await new Promise<number>((resolve, reject) => {
      let startMs = 0;
      const listener = to.listen({
        port: 0,
        role: 'peer',
        onError: reject,
        onConnection: (accepted) =>
          accepted.setHandlers({
            onMessage(message) {
              if (message.type === 'chunk') received.push(message.body as Buffer);
            },
            onClose() {
              listener.close();
              resolve(clock.now() - startMs);
            },
          }),
        onListening(address) {
          startMs = clock.now();
          const connection = from.connect(address, 'swarm');
          let offset = 0;
          const send = () => {
            while (offset < sent.length) {
              const body = sent.subarray(offset, offset + connection.blockBytes);
              const part = { type: 'chunk', index: 1, offset, chunkBytes: sent.length, body } as const;
              offset += body.length;
              if (!connection.send(part)) return;
            }
            connection.end();
          };
          connection.setHandlers({ onMessage: () => {}, onDrain: send, onClose: () => {} });
          send();
        },
      });
    });
    expect(Buffer.concat(received).equals(sent)).toBe(true);
    expect(elapsedMs).toBeGreaterThanOrEqual(500);
    expect(up.bytesPacedUp).toBeGreaterThanOrEqual(sent.length);
  });
});
