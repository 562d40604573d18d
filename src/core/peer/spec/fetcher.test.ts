import { describe, expect, test } from 'vitest';
import { eventsOf, sha1, type FakeTransport } from '../../../../test/support/spec-fakes.ts';
import { a, b, c, END, own, RESET, fetcherStage } from '../../../../test/support/spec-fetcher-stage.ts';
import { StoreError } from '../../errors.ts';
import { IDLE_TIMEOUT_MS } from './fetch.ts';

describe('rule 8: whom to ask, and how', () => {
  test('one connection a chunk, opened only to ask, with exactly one request', () => {
    const { fetcher, transport, clock } = fetcherStage();
    fetcher.offer(2, undefined, [a]);
    clock.run(100);
    expect(transport.connections).toHaveLength(1);
    expect(transport.last).toMatchObject({ remote: a, dialect: 'spec-chunk' });
    expect(transport.last.messages).toEqual([{ type: 'request-chunk', index: 2 }]);
  });

  test('never oneself, whatever the spelling', () => {
    const { fetcher, transport, exhausted } = fetcherStage();
    fetcher.offer(2, undefined, [own, { host: '127.0.0.1', port: 5001 }]);
    expect(transport.connections).toEqual([]);
    expect(exhausted).toEqual([2]);
  });

  test('one connection to a holder at a time, different chunks from different holders at once', () => {
    const { fetcher, transport, ports } = fetcherStage({ total: 5 });
    fetcher.offer(1, undefined, [a]);
    fetcher.offer(2, undefined, [a]);
    fetcher.offer(3, undefined, [a, b]);
    expect(ports()).toEqual([5002, 5003]);
    transport.connections[0]!.receiveRaw('one');
    transport.connections[0]!.close(END);
    expect(ports()).toEqual([5002, 5003, 5002]);
  });

  test('no more at a time than told', () => {
    const { fetcher, ports } = fetcherStage({ parallel: 1 });
    fetcher.offer(1, undefined, [a]);
    fetcher.offer(2, undefined, [b]);
    expect(ports()).toHaveLength(1);
  });

  test('nothing that is held, or on its way by other means until that failed', () => {
    const { fetcher, ports, ledger, clock } = fetcherStage({ held: { 1: 'one' } });
    const download = ledger.begin(2, b, 'swarm');
    fetcher.offer(1, undefined, [a]);
    fetcher.offer(2, undefined, [a]);
    clock.run(5000);
    expect(ports()).toEqual([]);
    download.drop('failed');
    clock.run(7000);
    expect(ports()).toEqual([5002]);
  });

  test('holders told a while ago are asked for again, where that is cheap, and not for ever', () => {
    const { fetcher, transport, ports, refreshed, clock } = fetcherStage({ refresh: true, parallel: 1 });
    fetcher.offer(1, undefined, [a]);
    fetcher.offer(2, undefined, [a]);
    fetcher.offer(3, undefined, [a]);
    expect(refreshed).toEqual([]);
    clock.run(500);
    transport.last.receiveRaw('one');
    transport.last.close(END);
    const [second] = refreshed as [number];
    expect(ports()).toEqual([5002]);
    fetcher.offer(second, undefined, [b]);
    expect(ports()).toEqual([5002, 5003]);
    transport.last.receiveRaw('two');
    transport.last.close(END);
    expect(refreshed).toEqual([second, 5 - second]);
    clock.run(1400);
    expect(ports()).toEqual([5002, 5003]);
    clock.run(1501);
    expect(ports()).toEqual([5002, 5003, 5002]);
  });

  test('holders are chosen at random', () => {
    const { fetcher, transport, ports, clock } = fetcherStage({ total: 60 });
    for (let index = 1; index <= 60; index++) {
      fetcher.offer(index, undefined, [a, b, c]);
      transport.last.receiveRaw('content');
      transport.last.close(END);
      clock.run(index);
    }
    for (const { port } of [a, b, c]) expect(ports().filter((it) => it === port).length).toBeGreaterThan(8);
  });
});

describe('rule 9: reading to the end', () => {
  test('the end of the stream is the end of the chunk, however slowly it comes', () => {
    const { fetcher, transport, store, clock, events } = fetcherStage();
    fetcher.offer(2, undefined, [a]);
    let now = 0;
    for (const letter of 'slowly') {
      clock.run((now += IDLE_TIMEOUT_MS - 1));
      transport.last.receiveRaw(letter);
    }
    transport.last.close(END);
    expect(store.chunks.get(2)?.toString()).toBe('slowly');
    expect(eventsOf(events, 'chunk-received')).toMatchObject([{ index: 2, from: a, bytes: 6, tookMs: now }]);
    expect(transport.last.ended).toBe(true);
  });

  test.each([
    ['a refusal', (it: FakeTransport) => it.connections[0]!.close({ kind: 'refused', detail: 'refused' })],
    ['a reset', (it: FakeTransport) => it.connections[0]!.close({ kind: 'reset', detail: 'reset' })],
    ['zero bytes', (it: FakeTransport) => it.connections[0]!.close(END)],
    [
      'CHUNK_NOT_FOUND',
      (it: FakeTransport) => {
        it.connections[0]!.receiveRaw('CHUNK_NOT');
        it.connections[0]!.receiveRaw('_FOUND');
        it.connections[0]!.close(END);
      },
    ],
  ])(
    'after %s comes the next holder, then the tracker, and the same holder only after a while',
    (_name, fail) => {
      const { fetcher, transport, ports, exhausted, clock } = fetcherStage();
      fetcher.offer(2, undefined, [a]);
      fetcher.offer(2, undefined, [a, b]);
      fail(transport);
      expect(ports()).toEqual([5002, 5003]);
      transport.last.close(END);
      expect(exhausted).toEqual([2]);
      fetcher.offer(2, undefined, [a]);
      expect(ports()).toHaveLength(2);
      expect(exhausted).toEqual([2, 2]);
      clock.run(1001);
      fetcher.offer(2, undefined, [a]);
      expect(ports()).toEqual([5002, 5003, 5002]);
    },
  );

  test('12 s of silence are enough', () => {
    const { fetcher, transport, ports, clock, events } = fetcherStage();
    fetcher.offer(2, undefined, [a]);
    fetcher.offer(2, undefined, [a, b]);
    clock.run(IDLE_TIMEOUT_MS - 1);
    expect(ports()).toEqual([5002]);
    clock.run(IDLE_TIMEOUT_MS);
    expect(ports()).toEqual([5002, 5003]);
    expect(transport.connections[0]!.ended).toBe(true);
    expect(eventsOf(events, 'connection-failed')).toMatchObject([{ address: a, detail: 'silent for 12 s' }]);
  });

  test('short content that is no refusal is content', () => {
    const { fetcher, transport, store } = fetcherStage();
    fetcher.offer(2, undefined, [a]);
    transport.last.receiveRaw('error bars and how to read them');
    transport.last.close(END);
    expect(store.chunks.has(2)).toBe(true);
  });
});

describe('rule 10: the right content', () => {
  test('hashed: who sends something else is banned, and the next holder asked', () => {
    const { fetcher, transport, ports, banned, events, store } = fetcherStage();
    fetcher.offer(2, sha1('right'), [a]);
    fetcher.offer(2, sha1('right'), [a, b]);
    transport.last.receiveRaw('wrong');
    transport.last.close(END);
    expect([...banned]).toEqual(['localhost:5002']);
    expect(eventsOf(events, 'chunk-discarded')).toMatchObject([
      { index: 2, from: a, bytes: 5, reason: 'corrupt' },
    ]);
    expect(ports()).toEqual([5002, 5003]);
    transport.last.receiveRaw('right');
    transport.last.close(END);
    expect(store.chunks.get(2)?.toString()).toBe('right');
  });

  test('hashed: who only lacks the chunk, or broke off, is not banned', () => {
    const { fetcher, transport, banned } = fetcherStage({ held: { 1: 'usual' } });
    fetcher.offer(2, sha1('right'), [a, b, c]);
    transport.last.receiveRaw('CHUNK_NOT_FOUND');
    transport.last.close(END);
    transport.last.receiveRaw('rig');
    transport.last.close(END);
    transport.last.receiveRaw('rig');
    transport.last.close({ kind: 'reset', detail: 'reset' });
    expect(banned.size).toBe(0);
  });

  test('hashed: with the size known, the chunk is there before the stream ends', () => {
    const { fetcher, transport, ledger, store } = fetcherStage();
    ledger.agree({ index: 2, bytes: 5, hash: sha1('right') });
    fetcher.offer(2, undefined, [a]);
    transport.last.receiveRaw('right');
    expect(store.chunks.has(2)).toBe(true);
    expect(transport.last.ended).toBe(true);
  });

  test('hashed: a holder that never closes has sent the chunk when the hash agrees', () => {
    const { fetcher, transport, store } = fetcherStage();
    fetcher.offer(2, sha1('right'), [a]);
    transport.last.receiveRaw('ri');
    expect(store.chunks.has(2)).toBe(false);
    transport.last.receiveRaw('ght');
    expect(store.chunks.has(2)).toBe(true);
    expect(transport.last.ended).toBe(true);
  });

  test('hashed: an empty chunk of a holder that never closes is there when that has been silent', () => {
    const { fetcher, transport, store, clock } = fetcherStage();
    fetcher.offer(2, sha1(''), [a]);
    clock.run(IDLE_TIMEOUT_MS);
    expect(transport.last.closed).toBe(true);
    expect(store.chunks.get(2)?.length).toBe(0);
  });

  test('hashed: an agreed chunk of 0 bytes is nothing but the end of the stream', () => {
    const { fetcher, transport, store } = fetcherStage();
    fetcher.offer(2, sha1(''), [a]);
    transport.last.close(END);
    expect(store.chunks.get(2)?.length).toBe(0);
  });

  test('plain: a chunk shorter than the others is believed only when a second transfer ends there too', () => {
    const { fetcher, transport, ports, store } = fetcherStage({
      total: 9,
      held: { 1: 'size-6', 3: 'size/6' },
    });
    fetcher.offer(2, undefined, [a]);
    fetcher.offer(2, undefined, [a, b, c]);
    transport.last.receiveRaw('cut');
    transport.last.close(END);
    expect(store.chunks.has(2)).toBe(false);
    transport.last.receiveRaw('short');
    transport.last.close(END);
    expect(store.chunks.has(2)).toBe(false);
    expect(new Set(ports()).size).toBe(3);
    transport.last.receiveRaw('short');
    transport.last.close(END);
    expect(store.chunks.get(2)?.toString()).toBe('short');
  });

  test('plain: the last chunk may be shorter, and sizes that differ anyway tell nothing', () => {
    const last = fetcherStage({ total: 2, held: { 1: 'size-6' } });
    last.fetcher.offer(2, undefined, [a]);
    last.transport.last.receiveRaw('cut');
    last.transport.last.close(END);
    expect(last.store.chunks.has(2)).toBe(true);
    const mixed = fetcherStage({ total: 4, held: { 1: 'size-6', 3: 'another' } });
    mixed.fetcher.offer(2, undefined, [a]);
    mixed.transport.last.receiveRaw('cut');
    mixed.transport.last.close(END);
    expect(mixed.store.chunks.has(2)).toBe(true);
  });

  test('plain: a chunk longer than the others is believed only when a second transfer ends there too', () => {
    const { fetcher, transport, store } = fetcherStage({ total: 9, held: { 1: 'size-6', 3: 'size/6' } });
    fetcher.offer(2, undefined, [a, b]);
    for (let times = 0; times < 2; times++) {
      expect(store.chunks.has(2)).toBe(false);
      transport.last.receiveRaw('longer-10!');
      transport.last.close(END);
    }
    expect(store.chunks.get(2)?.toString()).toBe('longer-10!');
  });

  /** As a holder sends it that puts the length before each chunk. */
  const prefixed = (text: string): string => `\0\0\0${String.fromCharCode(text.length)}${text}`;

  test.each([
    ['a usual one', 2, { 1: 'size-6', 3: 'size/6' }],
    ['the last one', 9, { 1: 'size-6' }],
    ['the first that an empty folder gets', 2, {}],
  ])(
    'plain: with its length before it, %s is taken from another holder, however many send it so',
    (_, index, held) => {
      const { fetcher, transport, store } = fetcherStage({ total: 9, held });
      fetcher.offer(index, undefined, [a, b, c]);
      for (let times = 0; times < 2; times++) {
        transport.last.receiveRaw(prefixed('-six-6'));
        transport.last.close(END);
        expect(store.chunks.has(index)).toBe(false);
      }
      transport.last.receiveRaw('-six-6');
      transport.last.close(END);
      expect(store.chunks.get(index)?.toString()).toBe('-six-6');
    },
  );

  test('plain: where all put the length before it, it is dropped, also before the last chunk', () => {
    const { fetcher, transport, store, clock } = fetcherStage({ total: 3 });
    for (const index of [1, 2, 3]) {
      for (let times = 0; times < 2; times++) {
        fetcher.offer(index, undefined, [a]);
        for (const byte of prefixed('six-6!')) transport.last.receiveRaw(byte);
        transport.last.close(END);
        clock.run(clock.now() + 60_000);
      }
      expect(store.chunks.get(index)?.toString()).toBe('six-6!');
    }
  });

  test('plain: a file of one chunk that begins with its length is believed when nobody sends another', () => {
    const { fetcher, transport, store, clock } = fetcherStage({ total: 1 });
    for (let times = 0; times < 2; times++) {
      fetcher.offer(1, undefined, [a]);
      transport.last.receiveRaw(prefixed('record'));
      transport.last.close(END);
      clock.run(clock.now() + 60_000);
    }
    expect(store.chunks.get(1)?.toString()).toBe(prefixed('record'));
  });

  test('plain: a stream that broke off is not the chunk, nor does it vouch for another as short', () => {
    const { clock, fetcher, transport, store } = fetcherStage({
      total: 9,
      held: { 1: 'size-6', 3: 'size/6' },
    });
    for (const reason of [RESET, RESET, END]) {
      fetcher.offer(2, undefined, [a, b, c]);
      transport.last.receiveRaw('cut');
      transport.last.close(reason);
      clock.run(clock.now() + 60_000);
      expect(store.chunks.has(2)).toBe(false);
    }
  });
});

test('after stop nothing is on its way and nothing is asked', () => {
  const { fetcher, transport, ledger, events } = fetcherStage();
  fetcher.offer(2, undefined, [a]);
  transport.last.receiveRaw('part');
  fetcher.stop();
  fetcher.offer(3, undefined, [b]);
  expect(transport.connections).toHaveLength(1);
  expect(transport.last.ended).toBe(true);
  expect(ledger.isOnItsWay(2)).toBe(false);
  expect(eventsOf(events, 'chunk-discarded')).toMatchObject([{ index: 2, bytes: 4, reason: 'cancelled' }]);
});

test('a disk that cannot take a chunk is left alone for a while, then it is tried again', () => {
  const { clock, events, fetcher, ledger, store, transport } = fetcherStage();
  const begin = store.begin.bind(store);
  store.begin = () => {
    throw new StoreError('the disk is full');
  };
  fetcher.offer(1, undefined, [a]);
  fetcher.offer(2, undefined, [b]);
  clock.run(4900);
  expect(eventsOf(events, 'node-failed')).toMatchObject([{ code: 'STORE', detail: 'the disk is full' }]);
  expect(transport.connections).toEqual([]);
  clock.run(9900);
  expect(eventsOf(events, 'node-failed')).toHaveLength(2);
  store.begin = begin;
  clock.run(10_100);
  for (const connection of [...transport.connections]) {
    connection.receiveRaw('content');
    connection.close(END);
  }
  expect([...ledger.held]).toEqual([1, 2]);
});
