import { describe, expect, test } from 'vitest';
import { eventsOf, FakeConnection, FakeStore } from '../../../../test/support/spec-fakes.ts';
import { VirtualClock } from '../../../sim/engines/virtual/virtual-clock.ts';
import { StoreError } from '../../errors.ts';
import type { SwarmEvent } from '../../events.ts';
import { Ledger } from '../ledger.ts';
import { REQUEST_TIMEOUT_MS, SpecServer, STALL_TIMEOUT_MS } from './server.ts';

function setUp() {
  const clock = new VirtualClock();
  const events: SwarmEvent[] = [];
  const sink = { emit: (event: SwarmEvent) => events.push(event) };
  const store = new FakeStore(3, { 1: 'hello, world', 3: '' });
  const ledger = new Ledger({ clock, store, events: sink }, 'me');
  const server = new SpecServer({ clock, store, ledger });
  const connection = new FakeConnection(clock, { host: 'localhost', port: 40_000 }, 'spec-chunk');
  let closed = 0;
  server.serve(connection, () => closed++);
  return { clock, events, ledger, store, server, connection, closed: () => closed };
}

describe('rule 11: serving', () => {
  test('sends the raw bytes in blocks, then closes', () => {
    const { connection, clock, closed, server } = setUp();
    connection.receive({ type: 'request-chunk', index: 1 });
    expect(connection.bytes.toString()).toBe('hello, world');
    expect(connection.sent).toHaveLength(3);
    expect(connection.ended).toBe(true);
    clock.run(1);
    expect(closed()).toBe(1);
    expect(server.size).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test.each([2, 3, 99])('sends nothing and closes for chunk %i, which is not held or empty', (index) => {
    const { connection } = setUp();
    connection.receive({ type: 'request-chunk', index });
    expect(connection.sent).toEqual([]);
    expect(connection.ended).toBe(true);
  });

  test('waits for a requester that reads late', () => {
    const { connection, clock } = setUp();
    connection.free = false;
    connection.receive({ type: 'request-chunk', index: 1 });
    expect(connection.bytes.toString()).toBe('hell');
    clock.run(STALL_TIMEOUT_MS - 1);
    expect(connection.aborted).toBe(false);
    connection.drain();
    expect(connection.bytes.toString()).toBe('hello, world');
    expect(connection.ended).toBe(true);
  });

  test('a requester that has closed its own side still gets the chunk', () => {
    const { connection } = setUp();
    connection.free = false;
    connection.receive({ type: 'request-chunk', index: 1 });
    connection.remoteEnd();
    connection.drain();
    expect(connection.bytes.toString()).toBe('hello, world');
  });

  test('a second request on one connection is not answered', () => {
    const { connection } = setUp();
    connection.receive({ type: 'request-chunk', index: 1 });
    connection.receive({ type: 'request-chunk', index: 1 });
    expect(connection.bytes.toString()).toBe('hello, world');
  });

  test('who closes, or keeps silent, without asking is let go', () => {
    const leaving = setUp();
    leaving.connection.remoteEnd();
    expect(leaving.connection.ended).toBe(true);
    const silent = setUp();
    silent.clock.run(REQUEST_TIMEOUT_MS);
    expect(silent.connection.aborted).toBe(true);
  });

  test('who takes nothing for very long is cut off', () => {
    const { connection, clock } = setUp();
    connection.free = false;
    connection.bufferedBytes = 4;
    connection.receive({ type: 'request-chunk', index: 1 });
    clock.run(STALL_TIMEOUT_MS);
    expect(connection.aborted).toBe(true);
  });

  test('it has twice as long the next time, since it may be that slow; who has taken a chunk begins anew', () => {
    const { clock, server } = setUp();
    const open = (port: number): FakeConnection => {
      const connection = new FakeConnection(clock, { host: 'slow', port }, 'spec-chunk');
      connection.free = false;
      connection.bufferedBytes = 4;
      server.serve(connection);
      connection.receive({ type: 'request-chunk', index: 1 });
      return connection;
    };
    const lastsFor = (connection: FakeConnection): number => {
      const startMs = clock.now();
      while (!connection.aborted) clock.run(clock.now() + STALL_TIMEOUT_MS / 4);
      clock.run(clock.now() + 1);
      return clock.now() - 1 - startMs;
    };
    expect([1, 2, 3].map((port) => lastsFor(open(port)))).toEqual(
      [1, 2, 4].map((times) => times * STALL_TIMEOUT_MS),
    );
    const served = open(4);
    for (let part = 0; part < 3; part++) served.drain();
    clock.run(clock.now() + 1);
    expect(served.ended).toBe(true);
    expect(lastsFor(open(5))).toBe(STALL_TIMEOUT_MS);
  });

  describe('a slow host has as long the next time', () => {
    const slow = (port: number) => ({ host: 'slow', port });
    /** Opens a connection and asks; nothing is taken. */
    function open({ clock, server }: ReturnType<typeof setUp>, port: number, index?: number): FakeConnection {
      const connection = new FakeConnection(clock, slow(port), 'spec-chunk');
      connection.free = false;
      connection.bufferedBytes = 4;
      server.serve(connection);
      if (index !== undefined) connection.receive({ type: 'request-chunk', index });
      return connection;
    }
    /** It has been cut off once, and something happens over another connection. */
    function limitAfter(what: (stage: ReturnType<typeof setUp>) => void): number {
      const stage = setUp();
      open(stage, 1, 1);
      stage.clock.run(STALL_TIMEOUT_MS + 1);
      what(stage);
      stage.clock.run(stage.clock.now() + 1);
      const next = open(stage, 3, 1);
      const startMs = stage.clock.now();
      while (!next.aborted) stage.clock.run(stage.clock.now() + STALL_TIMEOUT_MS / 4);
      return stage.clock.now() - startMs;
    }

    test.each<[string, (stage: ReturnType<typeof setUp>) => void]>([
      ['nothing', () => undefined],
      ['one that asks for nothing', (stage) => open(stage, 2).remoteEnd()],
      ['one that asks for what is not held', (stage) => open(stage, 2, 2)],
      ['one that breaks off', (stage) => open(stage, 2, 1).close({ kind: 'reset', detail: 'gone' })],
      [
        'one that needs longer than usual for its chunk',
        (stage) => {
          const connection = open(stage, 2, 1);
          stage.clock.run(stage.clock.now() + STALL_TIMEOUT_MS + 1);
          for (let part = 0; part < 3; part++) connection.drain();
        },
      ],
    ])('after %s', (_, what) => {
      expect(limitAfter(what)).toBe(2 * STALL_TIMEOUT_MS);
    });

    test('but not longer after one that takes all and never closes', () => {
      const stage = setUp();
      const idle = open(stage, 1);
      idle.end = () => undefined;
      idle.bufferedBytes = 0;
      idle.drain();
      idle.receive({ type: 'request-chunk', index: 1 });
      expect(idle.bytes.toString()).toBe('hello, world');
      stage.clock.run(STALL_TIMEOUT_MS + 1);
      expect(idle.aborted).toBe(true);
      const next = open(stage, 2, 1);
      stage.clock.run(stage.clock.now() + STALL_TIMEOUT_MS);
      expect(next.aborted).toBe(true);
    });
  });
});

test('a chunk that cannot be read breaks the connection off, so that a part does not pass for the whole', () => {
  const { connection, store, events } = setUp();
  store.read = () => {
    throw new StoreError('gone');
  };
  connection.receive({ type: 'request-chunk', index: 1 });
  expect(connection.aborted).toBe(true);
  expect(connection.ended).toBe(false);
  expect(eventsOf(events, 'node-failed')).toMatchObject([{ code: 'STORE', detail: 'gone' }]);
});

test('a chunk whose file is gone is answered as one that is not held, and is held no more', () => {
  const { connection, ledger, store, events } = setUp();
  store.read = (index) => {
    store.chunks.delete(index);
    throw new StoreError('gone');
  };
  connection.receive({ type: 'request-chunk', index: 1 });
  expect(connection.ended).toBe(true);
  expect(connection.aborted).toBe(false);
  expect([...ledger.held]).toEqual([3]);
  expect(eventsOf(events, 'node-failed')).toMatchObject([{ code: 'STORE', detail: 'gone', lostChunk: 1 }]);
});

test('stop cuts off what is being sent', () => {
  const { connection, server } = setUp();
  connection.free = false;
  connection.receive({ type: 'request-chunk', index: 1 });
  server.stop();
  expect(connection.aborted).toBe(true);
});
