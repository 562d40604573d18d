import { describe, expect, it } from 'vitest';
import type { CloseReason, Connection, Transport } from '../../../core/interfaces.ts';
import type { Message } from '../../../core/protocol/messages.ts';
import { WINDOW_BYTES } from './memory-connection.ts';
import { MemoryNetwork } from './memory-transport.ts';
import { VirtualClock } from './virtual-clock.ts';

const handshake: Message = { type: 'handshake', version: 1, name: 'x', port: 1, totalChunks: 3 };

function setUp() {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock });
  const log: string[] = [];
  const hear = (name: string, connection: Connection) => {
    connection.setHandlers({
      onMessage: (message) => log.push(`${name} ${message.type}`),
      onClose: (reason: CloseReason) => log.push(`${name} ${reason.kind}`),
    });
    return connection;
  };
  const listen = (name: string, transport: Transport) => {
    const accepted: Connection[] = [];
    transport.listen({
      port: 1,
      role: 'peer',
      onConnection: (connection) => accepted.push(hear(name, connection)),
      onListening: () => log.push(`${name} listening`),
      onError: (error) => log.push(`${name} ${error.message}`),
    });
    return accepted;
  };
  return { clock, network, log, hear, listen };
}

describe('memory network', () => {
  it('resets what a crashed host was connected to, after what had left it, and tells the host itself nothing', () => {
    const { clock, network, log, hear, listen } = setUp();
    const dead = network.transport('a');
    const accepted = listen('a', dead);
    listen('b', network.transport('b'));
    const opener = hear('opener', network.transport('b').connect({ host: 'a', port: 1 }, 'swarm'));
    opener.send(handshake);
    const own = hear('own', dead.connect({ host: 'b', port: 1 }, 'swarm'));
    own.send(handshake);
    clock.run();
    log.length = 0;
    opener.send(handshake);
    own.send(handshake);
    expect(network.crash('a')).toBe(2);
    expect(log).toEqual([]);
    clock.run();
    expect(log.sort()).toEqual(['b handshake', 'b reset', 'opener reset']);
    for (const connection of [...accepted, own]) {
      expect(connection.send(handshake)).toBe(false);
      connection.abort();
    }
    hear('late', dead.connect({ host: 'b', port: 1 }, 'swarm')).send(handshake);
    listen('late', dead);
    clock.run();
    expect(log).toHaveLength(3);
  });

  it('refuses connections to a crashed host until it has come up again', () => {
    const { clock, network, log, hear, listen } = setUp();
    listen('a', network.transport('a'));
    clock.run();
    network.crash('a');
    hear('first', network.transport('b').connect({ host: 'a', port: 1 }, 'swarm'));
    clock.run();
    listen('a again', network.transport('a'));
    hear('second', network.transport('b').connect({ host: 'a', port: 1 }, 'swarm')).send(handshake);
    clock.run();
    expect(log).toEqual(['a listening', 'first refused', 'a again listening', 'a again handshake']);
    expect(network.crash('nobody')).toBe(0);
  });

  it('reaches a host named localhost as 127.0.0.1', () => {
    const { clock, network, log, hear, listen } = setUp();
    listen('a', network.transport('127.0.0.1'));
    hear('b', network.transport('b').connect({ host: 'localhost', port: 1 }, 'swarm')).send(handshake);
    clock.run();
    expect(log).toContain('a handshake');
  });

  it('takes no time', () => {
    const { clock, network, hear, listen } = setUp();
    listen('a', network.transport('a'));
    const connection = hear('b', network.transport('b').connect({ host: 'a', port: 1 }, 'swarm'));
    connection.send(handshake);
    connection.end();
    clock.run();
    expect(clock.now()).toBe(0);
  });

  it('charges a token with the bytes it stands for: a paused receiver holds the sender at one window', () => {
    const { clock, network, hear, listen } = setUp();
    const accepted = listen('a', network.transport('a'));
    const connection = hear('b', network.transport('b').connect({ host: 'a', port: 1 }, 'swarm'));
    connection.send(handshake);
    clock.run();
    accepted[0]!.pause();
    const bytes = 100_000;
    const part = {
      type: 'chunk',
      index: 1,
      offset: 0,
      chunkBytes: 1e9,
      body: { byteLength: bytes },
    } as const;
    for (let i = 0; i < 20; i++) connection.send(part);
    clock.run();
    const taken = 20 * (bytes + 25) - connection.bufferedBytes;
    expect(taken).toBeGreaterThanOrEqual(WINDOW_BYTES);
    expect(taken).toBeLessThan(WINDOW_BYTES + bytes + 25);
  });

  it('cuts a remote off that leaves its side open and silent for 30 s after our end', () => {
    const { clock, network, log, hear, listen } = setUp();
    const accepted = listen('a', network.transport('a'));
    const connection = hear('b', network.transport('b').connect({ host: 'a', port: 1 }, 'swarm'));
    connection.send(handshake);
    clock.run();
    accepted[0]!.pause();
    connection.end();
    clock.run();
    expect(log.slice(-2)).toEqual(['b end', 'a reset']);
    expect(clock.now()).toBe(30_000);
  });
});
