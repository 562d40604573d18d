import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasIpv6 } from '../../../../test/support/ipv6.ts';
import { TrackedTransport } from '../../../../test/contracts/tracked-transport.ts';
import { untilTrue } from '../../../../test/contracts/until-true.ts';
import type { Address, Clock, CloseReason, Connection, Timer } from '../../interfaces.ts';
import type { Message } from '../../protocol/messages.ts';
import { encodeSwarm } from '../../protocol/swarm/encode.ts';
import { SWARM_MAGIC } from '../../protocol/swarm/magic.ts';
import { systemClock } from '../system-clock.ts';
import { TcpConnection } from './tcp-connection.ts';
import { connectCause, listenError } from './tcp-errors.ts';
import { TcpTransport, type TcpTransportOptions } from './tcp-transport.ts';

const handshake: Message = { type: 'handshake', version: 1, name: 'x', port: 1, totalChunks: 3 };
const handshakeBytes = Buffer.concat([SWARM_MAGIC, encodeSwarm(handshake).head]);

/** Real sockets, but time-outs come when the test says so. */
class HandClock implements Clock {
  readonly #timers = new Set<{ readonly delayMs: number; readonly callback: () => void }>();

  now(): number {
    return 0;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const timer = { delayMs, callback };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  count(delayMs: number): number {
    return [...this.#timers].filter((timer) => timer.delayMs === delayMs).length;
  }

  fire(delayMs: number): void {
    for (const timer of [...this.#timers]) {
      if (timer.delayMs === delayMs && this.#timers.delete(timer)) timer.callback();
    }
  }
}

interface Heard {
  readonly connection: Connection;
  readonly messages: Message[];
  readonly closes: CloseReason[];
}

function hear(connection: Connection): Heard {
  const heard: Heard = { connection, messages: [], closes: [] };
  connection.setHandlers({
    onMessage: (message) => heard.messages.push(message),
    onClose: (reason) => heard.closes.push(reason),
  });
  return heard;
}

let clock: HandClock;
let opened: { close(): void }[];
beforeEach(() => {
  clock = new HandClock();
  opened = [];
});
afterEach(() => {
  for (const one of opened) one.close();
});

function transport(options: TcpTransportOptions = {}): TrackedTransport {
  const tracked = new TrackedTransport(new TcpTransport({ clock }, options));
  opened.push(tracked);
  return tracked;
}

async function listen(role: 'tracker' | 'peer', options: TcpTransportOptions = {}) {
  const accepted: Heard[] = [];
  const address = await new Promise<Address>((resolve, reject) =>
    transport(options).listen({
      port: 0,
      role,
      onConnection: (connection) => accepted.push(hear(connection)),
      onListening: resolve,
      onError: reject,
    }),
  );
  return { address, accepted };
}

interface Stranger {
  readonly socket: Socket;
  readonly received: () => string;
  readonly closed: () => boolean;
}

/** A program by somebody else. */
async function stranger({ port }: Address): Promise<Stranger> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  opened.push({ close: () => socket.destroy() });
  let text = '';
  socket.on('data', (bytes) => (text += bytes.toString('latin1')));
  let over = false;
  socket.on('end', () => (over = true));
  socket.on('close', () => (over = true));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, received: () => text, closed: () => over };
}

async function strangeServer(onSocket: (socket: Socket) => void): Promise<Address> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    opened.push({ close: () => socket.destroy() });
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  opened.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

describe.runIf(process.platform === 'linux')('an address of its own', () => {
  it('is where a transport listens and what its connections come from', async () => {
    const { address, accepted } = await listen('peer', { host: '127.9.8.7' });
    expect(address.host).toBe('127.9.8.7');
    const heard = hear(transport({ localAddress: '127.6.5.4' }).connect(address, 'swarm'));
    heard.connection.send(handshake);
    await untilTrue(() => accepted.length === 1);
    expect(accepted[0]!.connection.remote.host).toBe('127.6.5.4');
  });

  it('that is not of this machine makes a connection fail as refused', async () => {
    const { address } = await listen('peer');
    const heard = hear(transport({ localAddress: '192.0.2.1' }).connect(address, 'swarm'));
    await untilTrue(() => heard.closes.length === 1);
    expect(heard.closes[0]).toMatchObject({ kind: 'refused' });
  });
});

describe('a stranger that connects', () => {
  it('may send magic and text in single bytes', async () => {
    const { address, accepted } = await listen('peer', { totalChunks: 9 });
    for (const bytes of [handshakeBytes, Buffer.from('REQUEST_CHUNK,3')]) {
      const { socket } = await stranger(address);
      for (const byte of bytes) {
        socket.write(Uint8Array.of(byte));
        await new Promise(setImmediate);
      }
    }
    await untilTrue(() => accepted.length === 2 && accepted.every(({ messages }) => messages.length === 1));
    expect(accepted.map(({ connection }) => connection.dialect)).toEqual(['swarm', 'spec-chunk']);
    expect(accepted.map(({ messages }) => messages[0])).toEqual([
      handshake,
      { type: 'request-chunk', index: 3 },
    ]);
  });

  it('and ends its side right after its request can still be answered', async () => {
    const { address, accepted } = await listen('peer');
    const { socket, received, closed } = await stranger(address);
    socket.write('REQUEST_CHUNK,12\n');
    await untilTrue(() => accepted[0]?.messages.length === 1);
    const { connection } = accepted[0]!;
    let ended = false;
    connection.setHandlers({
      onMessage: () => undefined,
      onRemoteEnd: () => (ended = true),
      onClose: () => undefined,
    });
    socket.end();
    await untilTrue(() => ended);
    connection.send({ type: 'raw', body: Buffer.from('twelve') });
    connection.end();
    await untilTrue(closed);
    expect(received()).toBe('twelve');
  });

  it('speaks text when it ends after a beginning of the magic', async () => {
    const { address, accepted } = await listen('peer');
    const { socket, closed } = await stranger(address);
    socket.end(SWARM_MAGIC.subarray(0, 3));
    await untilTrue(() => accepted.length === 1 && closed());
    expect(accepted[0]!.connection.dialect).toBe('spec-chunk');
  });

  it('and breaks the protocol is reset, and told as such', async () => {
    const { address, accepted } = await listen('peer');
    const { socket, closed } = await stranger(address);
    socket.write(Buffer.concat([handshakeBytes, Buffer.from([0, 0, 0, 0, 0, 0, 0, 0])]));
    await untilTrue(() => closed() && accepted[0]?.closes.length === 1);
    expect(accepted[0]!.messages).toEqual([handshake]);
    expect(accepted[0]!.closes).toEqual([{ kind: 'protocol', detail: 'frame without a type' }]);
  });

  it('and resets right after its first bytes is handed over with its address, or not at all', async () => {
    const { address, accepted } = await listen('peer');
    for (let at = 0; at < 100; at++) {
      const { socket } = await stranger(address);
      socket.write(handshakeBytes);
      // Some at once, some when the bytes are on their way.
      if (at % 2 === 0) await new Promise(setImmediate);
      socket.resetAndDestroy();
    }
    const { socket } = await stranger(address);
    socket.write(handshakeBytes);
    await untilTrue(() => accepted.at(-1)?.closes.length === 0 && accepted.at(-1)?.messages.length === 1);
    expect(accepted.map(({ connection }) => connection.remote.host)).toEqual(accepted.map(() => '127.0.0.1'));
  });

  it('and says nothing to a peer is dropped after half an hour', async () => {
    const { address, accepted } = await listen('peer');
    const { closed } = await stranger(address);
    await untilTrue(() => clock.count(1_800_000) === 1);
    clock.fire(1_800_000);
    await untilTrue(closed);
    expect(accepted).toEqual([]);
  });

  it('and says nothing to a tracker may stay, but the oldest goes when there are too many', async () => {
    const { address } = await listen('tracker', { silentMax: 3 });
    const strangers: Stranger[] = [];
    for (let i = 0; i < 4; i++) strangers.push(await stranger(address));
    await untilTrue(() => strangers[0]!.closed());
    expect(clock.count(1_800_000)).toBe(0);
    expect(strangers.map(({ closed }) => closed())).toEqual([true, false, false, false]);
  });

  it('and never closes its side after our end is cut off after 30 s', async () => {
    const { address, accepted } = await listen('peer');
    const { socket, closed } = await stranger(address);
    socket.write(handshakeBytes);
    await untilTrue(() => accepted[0]?.messages.length === 1);
    accepted[0]!.connection.end();
    await untilTrue(() => closed() && clock.count(30_000) === 1);
    socket.write(encodeSwarm({ type: 'have', index: 1 }).head);
    await untilTrue(() => accepted[0]!.messages.length === 2);
    clock.fire(30_000);
    expect(accepted[0]!.closes).toEqual([]);
    clock.fire(30_000);
    await untilTrue(() => accepted[0]!.closes.length === 1);
    expect(accepted[0]!.closes).toEqual([{ kind: 'end' }]);
    expect(clock.count(30_000)).toBe(0);
  });
});

describe('a stranger that is connected to', () => {
  it('and does not speak the swarm protocol is found out', async () => {
    const address = await strangeServer((socket) => socket.write('Welcome to the tracker'));
    const heard = hear(transport().connect(address, 'swarm'));
    heard.connection.send(handshake);
    await untilTrue(() => heard.closes.length === 1);
    expect(heard.closes).toEqual([
      { kind: 'protocol', detail: 'the other side does not speak the swarm protocol' },
    ]);
  });

  it('gets the magic once, before the first frame, and nothing before that', async () => {
    let text = '';
    const address = await strangeServer((socket) =>
      socket.on('data', (bytes) => (text += bytes.toString('latin1'))),
    );
    const heard = hear(transport().connect(address, 'swarm'));
    heard.connection.send(handshake);
    heard.connection.send({ type: 'unchoke' });
    const expected = Buffer.concat([handshakeBytes, encodeSwarm({ type: 'unchoke' }).head]).toString(
      'latin1',
    );
    await untilTrue(() => text.length >= expected.length);
    expect(text).toBe(expected);
    const silent = hear(transport().connect(address, 'swarm'));
    silent.connection.end();
    await untilTrue(() => text.length === expected.length);
  });

  it('and closes at once is an end', async () => {
    const address = await strangeServer((socket) => socket.end());
    const heard = hear(transport().connect(address, 'swarm'));
    heard.connection.send(handshake);
    await untilTrue(() => heard.closes.length === 1);
    expect(heard.closes).toEqual([{ kind: 'end' }]);
  });

  it('and does not answer within 10 s counts as refused', async () => {
    const address = await strangeServer(() => undefined);
    const heard = hear(transport().connect(address, 'swarm'));
    clock.fire(10_000);
    await untilTrue(() => heard.closes.length === 1);
    expect(heard.closes).toEqual([{ kind: 'refused', detail: 'no answer in time' }]);
  });

  it('is reached as localhost on IPv4; a host or port that cannot be is a refusal, not an exception', async () => {
    const { address, accepted } = await listen('peer');
    const near = hear(transport().connect({ host: 'localhost', port: address.port }, 'swarm'));
    near.connection.send(handshake);
    await untilTrue(() => accepted.length === 1);
    for (const port of [0, 70_000]) {
      const heard = hear(transport().connect({ host: '127.0.0.1', port }, 'swarm'));
      await untilTrue(() => heard.closes.length === 1);
      expect(heard.closes[0]!.kind).toBe('refused');
    }
  });
});

describe('our own mistakes are not swallowed', () => {
  it('what a handler throws is thrown on', async () => {
    const address = await strangeServer(() => undefined);
    const socket = connect(address);
    opened.push({ close: () => socket.destroy() });
    await once(socket, 'connect');
    const connection = new TcpConnection({ clock }, socket, {
      remote: address,
      dialect: 'swarm',
      end: 'opener',
      totalChunks: undefined,
    });
    expect(() => connection.receive(handshakeBytes)).toThrow('got no handlers');
    connection.setHandlers({
      onMessage() {
        throw new TypeError('a defect');
      },
      onClose: () => undefined,
    });
    expect(() => connection.receive(encodeSwarm({ type: 'unchoke' }).head)).toThrow('a defect');
  });

  it('a message of another dialect, or a body that is not made of bytes', async () => {
    const { address } = await listen('peer');
    const text = hear(transport().connect(address, 'spec-chunk')).connection;
    expect(() => text.send(handshake)).toThrow('handshake does not belong on a spec-chunk connection');
    expect(() => text.send({ type: 'raw', body: { byteLength: 3 } })).toThrow('no Uint8Array');
    const swarm = hear(transport().connect(address, 'swarm')).connection;
    expect(() => swarm.send({ type: 'request-chunk', index: 1 })).toThrow('does not belong');
  });
});

describe('listening', () => {
  it('on a host that is not here names the fix', async () => {
    const error = await new Promise<Error>((resolve) =>
      new TcpTransport({ clock: systemClock() }, { host: '192.0.2.1' }).listen({
        port: 4000,
        role: 'peer',
        onConnection: () => undefined,
        onListening: () => undefined,
        onError: resolve,
      }),
    );
    expect(error.message).toBe(
      'port 4000 on 192.0.2.1 cannot be used: the host is not an address of this machine; choose another host',
    );
  });
});

describe.runIf(hasIpv6)('who listens on ::', () => {
  it.each([
    ['127.0.0.1', 'IPv4'],
    ['::1', 'IPv6'],
  ])('is reached at %s, and sees an address of %s', async (host) => {
    const { address, accepted } = await listen('tracker', { host: '::' });
    expect(address.host).toBe('::');
    const connection = transport().connect({ host, port: address.port }, 'swarm');
    const closes = hear(connection).closes;
    connection.send(handshake);
    await untilTrue(() => accepted.length > 0);
    expect(accepted[0]!.connection.remote.host).toBe(host);
    expect(closes).toEqual([]);
  });
});

describe('a machine without an address', () => {
  it('cannot be listened on there: the mistake says that it may be for want of IPv6', async () => {
    await expect(listen('peer', { host: '2001:db8::7' })).rejects.toThrow(/2001:db8::7.* no IPv6/);
  });

  it.each([
    ['EADDRNOTAVAIL', '::1', /not an address of this machine, or the machine has no IPv6/],
    ['EADDRNOTAVAIL', '10.1.2.3', /not an address of this machine; choose/],
    ['EAFNOSUPPORT', '::', /this machine has no IPv6/],
  ])('tells %s on %s in words', (code, host, words) => {
    expect(listenError(Object.assign(new Error(), { code }), host, 7).message).toMatch(words);
  });

  it('is told as the cause where a connection over IPv6 cannot begin', () => {
    const unreachable = Object.assign(new Error(), { code: 'ENETUNREACH' });
    expect(connectCause(unreachable, '2001:db8::7')).toMatch(/^ENETUNREACH: .*IPv6/);
    expect(connectCause(unreachable, '10.1.2.3')).toBe('ENETUNREACH');
  });
});
