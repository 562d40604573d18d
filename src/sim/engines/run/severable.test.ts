import { describe, expect, it } from 'vitest';
import type { SwarmEvent } from '../../../core/events.ts';
import type { Connection, ConnectionHandlers, ListenOptions } from '../../../core/interfaces.ts';
import { Severable } from './severable.ts';

const address = { host: '127.0.0.1', port: 1 };

function fakeConnection() {
  const calls: string[] = [];
  let handlers: ConnectionHandlers | undefined;
  const connection: Connection = {
    remote: address,
    dialect: 'swarm',
    bufferedBytes: 5,
    blockBytes: 7,
    setHandlers: (next) => (handlers = next),
    send: ({ type }) => calls.push(`send ${type}`) > 0,
    pause: () => calls.push('pause'),
    resume: () => calls.push('resume'),
    end: () => calls.push('end'),
    abort: () => calls.push('abort'),
  };
  return { connection, calls, handlers: () => handlers! };
}

function world() {
  const timers: { callback: () => void; cancelled: boolean }[] = [];
  const opened: ReturnType<typeof fakeConnection>[] = [];
  const events: SwarmEvent[] = [];
  const listening: { options?: ListenOptions; closed: boolean } = { closed: false };
  const severable = new Severable({
    clock: {
      now: () => 3,
      setTimer: (_, callback) => {
        const timer = { callback, cancelled: false };
        timers.push(timer);
        return { cancel: () => (timer.cancelled = true) };
      },
    },
    transport: {
      listen: (options) => {
        listening.options = options;
        return { close: () => (listening.closed = true) };
      },
      connect: () => {
        opened.push(fakeConnection());
        return opened.at(-1)!.connection;
      },
    },
    events: { emit: (event) => events.push(event) },
  });
  return { severable, timers, opened, events, listening };
}

describe('Severable', () => {
  it('passes everything on until it is severed', () => {
    const { severable, opened, events, timers } = world();
    const heard: string[] = [];
    const connection = severable.transport.connect(address, 'swarm');
    connection.setHandlers({
      onMessage: ({ type }) => heard.push(type),
      onDrain: () => heard.push('drain'),
      onClose: ({ kind }) => heard.push(kind),
    });
    const { handlers, calls } = opened[0]!;
    connection.send({ type: 'interested' });
    connection.pause();
    handlers().onMessage({ type: 'choke' });
    handlers().onDrain?.();
    handlers().onClose({ kind: 'end' });
    severable.events.emit({ type: 'peer-completed', peer: 'p', atMs: 1 });
    severable.clock.setTimer(1, () => heard.push('timer'));
    timers[0]!.callback();
    expect(heard).toEqual(['choke', 'drain', 'end', 'timer']);
    expect(calls).toEqual(['send interested', 'pause']);
    expect(events).toHaveLength(1);
    expect([connection.bufferedBytes, connection.blockBytes, connection.dialect]).toEqual([5, 7, 'swarm']);
  });

  it('keeps the end of a stream to the transport where the peer does not listen for it', () => {
    const { severable, opened } = world();
    const connection = severable.transport.connect(address, 'swarm');
    const handlers = { onMessage: () => undefined, onClose: () => undefined };
    connection.setHandlers(handlers);
    expect(opened[0]!.handlers()).not.toHaveProperty('onRemoteEnd');
    connection.setHandlers({ ...handlers, onRemoteEnd: () => undefined });
    expect(opened[0]!.handlers()).toHaveProperty('onRemoteEnd');
  });

  it('resets sockets, stops timers and silences events and handlers when it is severed', () => {
    const { severable, opened, events, timers, listening } = world();
    const heard: string[] = [];
    severable.transport.listen({
      port: 0,
      role: 'peer',
      onConnection: (connection) =>
        connection.setHandlers({
          onMessage: () => heard.push('message'),
          onClose: () => heard.push('close'),
        }),
      onListening: () => undefined,
      onError: () => undefined,
    });
    const accepted = fakeConnection();
    listening.options!.onConnection(accepted.connection);
    severable.transport.connect(address, 'swarm').setHandlers({
      onMessage: () => heard.push('message'),
      onClose: () => heard.push('close'),
    });
    severable.clock.setTimer(1, () => heard.push('timer'));
    severable.sever();
    for (const { calls, handlers } of [accepted, opened[0]!]) {
      expect(calls).toEqual(['abort']);
      handlers().onMessage({ type: 'choke' });
      handlers().onClose({ kind: 'end' });
    }
    severable.events.emit({ type: 'peer-left', peer: 'p', atMs: 1 });
    expect(heard).toEqual([]);
    expect(events).toEqual([]);
    expect(listening.closed).toBe(true);
    expect(timers.map(({ cancelled }) => cancelled)).toEqual([true]);
  });

  it('forgets connections that have closed', () => {
    const { severable, opened } = world();
    severable.transport
      .connect(address, 'swarm')
      .setHandlers({ onMessage: () => undefined, onClose: () => undefined });
    opened[0]!.handlers().onClose({ kind: 'end' });
    severable.sever();
    expect(opened[0]!.calls).toEqual([]);
  });
});
