import { describe, expect, test } from 'vitest';
import { eventsOf, FakeStore, FakeTransport, sha1 } from '../../../../test/support/spec-fakes.ts';
import { VirtualClock } from '../../../sim/engines/virtual/virtual-clock.ts';
import { addressKey } from '../../address.ts';
import { StoreError } from '../../errors.ts';
import type { SwarmEvent } from '../../events.ts';
import type { Address } from '../../interfaces.ts';
import { seededRandom } from '../../random.ts';
import { Ledger } from '../ledger.ts';
import { IDLE_TIMEOUT_MS } from './fetch.ts';
import { SpecFetcher } from './fetcher.ts';

const own = { host: 'localhost', port: 5001 };
const [a, b, c] = [5002, 5003, 5004].map((port) => ({ host: 'localhost', port })) as [
  Address,
  Address,
  Address,
];
const RESET = { kind: 'reset', detail: 'reset' } as const;
const END = { kind: 'end' } as const;

function setUp({
  total = 4,
  held = {},
  parallel,
  refresh = false,
}: { total?: number; held?: Record<number, string>; parallel?: number; refresh?: boolean } = {}) {
  const clock = new VirtualClock();
  const transport = new FakeTransport(clock);
  const events: SwarmEvent[] = [];
  const sink = { emit: (event: SwarmEvent) => events.push(event) };
  const store = new FakeStore(total, held);
  const ledger = new Ledger({ clock, store, events: sink }, 'me');
  const exhausted: number[] = [];
  const banned = new Set<string>();
  const refreshed: number[] = [];
  const fetcher = new SpecFetcher(
    { clock, transport, events: sink, ledger, random: seededRandom('fetcher') },
    { name: 'me', own, ...(parallel === undefined ? {} : { parallel }) },
    {
      onExhausted: (index) => exhausted.push(index),
      refresh: (index) => refresh && refreshed.push(index) > 0,
      isBanned: (address) => banned.has(addressKey(address)),
      ban: (address) => banned.add(addressKey(address)),
    },
  );
  const ports = () => transport.connections.map(({ remote }) => remote.port);
  return { clock, transport, events, store, ledger, exhausted, banned, refreshed, fetcher, ports };
}

describe('rule 8: whom to ask, and how', () => {
  test('one connection a chunk, opened only to ask, with exactly one request', () => {
    const { fetcher, transport, clock } = setUp();
    fetcher.offer(2, undefined, [a]);
    clock.run(100);
    expect(transport.connections).toHaveLength(1);
    expect(transport.last).toMatchObject({ remote: a, dialect: 'spec-chunk' });
    expect(transport.last.messages).toEqual([{ type: 'request-chunk', index: 2 }]);
  });

  test('never oneself, whatever the spelling', () => {
    const { fetcher, transport, exhausted } = setUp();
    fetcher.offer(2, undefined, [own, { host: '127.0.0.1', port: 5001 }]);
    expect(transport.connections).toEqual([]);
    expect(exhausted).toEqual([2]);
  });

  test('one connection to a holder at a time, different chunks from different holders at once', () => {
    const { fetcher, transport, ports } = setUp({ total: 5 });
    fetcher.offer(1, undefined, [a]);
    fetcher.offer(2, undefined, [a]);
    fetcher.offer(3, undefined, [a, b]);
    expect(ports()).toEqual([5002, 5003]);
    transport.connections[0]!.receiveRaw('one');
    transport.connections[0]!.close(END);
    expect(ports()).toEqual([5002, 5003, 5002]);
  });

  test('no more at a time than told', () => {
    const { fetcher, ports } = setUp({ parallel: 1 });
    fetcher.offer(1, undefined, [a]);
    fetcher.offer(2, undefined, [b]);
    expect(ports()).toHaveLength(1);
  });

  test('nothing that is held, or on its way by other means until that failed', () => {
    const { fetcher, ports, ledger, clock } = setUp({ held: { 1: 'one' } });
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
    const { fetcher, transport, ports, refreshed, clock } = setUp({ refresh: true, parallel: 1 });
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
    const { fetcher, transport, ports, clock } = setUp({ total: 60 });
    for (let index = 1; index <= 60; index++) {
      fetcher.offer(index, undefined, [a, b, c]);
      transport.last.receiveRaw('content');
      transport.last.close(END);
      clock.run(index);
    }
    for (const { port } of [a, b, c]) expect(ports().filter((it) => it === port).length).toBeGreaterThan(8);
  });
});

describe('a slow transfer, when there is nothing else to ask for', () => {
  /** `b` has given a chunk in 0.1 s; `a` sends another, and both are listed for it. */
  function slowStage(holders: readonly Address[] = [a, b]) {
    const stage = setUp({ held: { 1: 'usual' } });
    const { fetcher, transport, clock } = stage;
    fetcher.offer(2, undefined, [b]);
    clock.run(100);
    transport.last.receiveRaw('other');
    transport.last.close(END);
    fetcher.offer(3, undefined, [a]);
    fetcher.offer(3, undefined, holders);
    return { ...stage, slow: transport.last };
  }

  test('is joined by one from a holder that is far faster, and let go when that is over', () => {
    const { slow, transport, ports, clock, store, events } = slowStage();
    clock.run(2100);
    slow.receiveRaw('t');
    clock.run(4100);
    expect(ports()).toEqual([5003, 5002, 5003]);
    transport.last.receiveRaw('third');
    transport.last.close(END);
    expect(store.chunks.get(3)?.toString()).toBe('third');
    expect(slow.aborted).toBe(true);
    expect(eventsOf(events, 'chunk-discarded')).toMatchObject([{ from: a, bytes: 1, reason: 'cancelled' }]);
    expect(eventsOf(events, 'chunk-received').map(({ from }) => from)).toEqual([b, b]);
    clock.run(60_000);
    expect(ports()).toHaveLength(3);
  });

  test('may still be the first', () => {
    const { slow, transport, clock, store } = slowStage();
    clock.run(4100);
    expect(transport.connections).toHaveLength(3);
    slow.receiveRaw('third');
    slow.close(END);
    expect(store.chunks.get(3)?.toString()).toBe('third');
    expect(transport.last.aborted).toBe(true);
  });

  test('goes on alone when it is nearly over, and when nobody else is listed', () => {
    const nearlyOver = slowStage();
    nearlyOver.clock.run(2000);
    nearlyOver.slow.receiveRaw('thir');
    nearlyOver.clock.run(6000);
    expect(nearlyOver.ports()).toHaveLength(2);
    const alone = slowStage([a]);
    alone.slow.receiveRaw('t');
    alone.clock.run(12_000);
    expect(alone.ports()).toHaveLength(2);
  });

  test('is joined by one from a holder of which nothing is known only when it needs very long', () => {
    const { slow, ports, clock } = slowStage([a, c]);
    clock.run(5000);
    slow.receiveRaw('t');
    clock.run(9000);
    expect(ports()).toHaveLength(2);
    clock.run(12_000);
    expect(ports()).toEqual([5003, 5002, 5004]);
  });
});

describe('rule 9: reading to the end', () => {
  test('the end of the stream is the end of the chunk, however slowly it comes', () => {
    const { fetcher, transport, store, clock, events } = setUp();
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
      const { fetcher, transport, ports, exhausted, clock } = setUp();
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
    const { fetcher, transport, ports, clock, events } = setUp();
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
    const { fetcher, transport, store } = setUp();
    fetcher.offer(2, undefined, [a]);
    transport.last.receiveRaw('error bars and how to read them');
    transport.last.close(END);
    expect(store.chunks.has(2)).toBe(true);
  });
});

describe('rule 10: the right content', () => {
  test('hashed: who sends something else is banned, and the next holder asked', () => {
    const { fetcher, transport, ports, banned, events, store } = setUp();
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
    const { fetcher, transport, banned } = setUp({ held: { 1: 'usual' } });
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
    const { fetcher, transport, ledger, store } = setUp();
    ledger.agree({ index: 2, bytes: 5, hash: sha1('right') });
    fetcher.offer(2, undefined, [a]);
    transport.last.receiveRaw('right');
    expect(store.chunks.has(2)).toBe(true);
    expect(transport.last.ended).toBe(true);
  });

  test('hashed: a holder that never closes has sent the chunk when the hash agrees', () => {
    const { fetcher, transport, store } = setUp();
    fetcher.offer(2, sha1('right'), [a]);
    transport.last.receiveRaw('ri');
    expect(store.chunks.has(2)).toBe(false);
    transport.last.receiveRaw('ght');
    expect(store.chunks.has(2)).toBe(true);
    expect(transport.last.ended).toBe(true);
  });

  test('hashed: an empty chunk of a holder that never closes is there when that has been silent', () => {
    const { fetcher, transport, store, clock } = setUp();
    fetcher.offer(2, sha1(''), [a]);
    clock.run(IDLE_TIMEOUT_MS);
    expect(transport.last.closed).toBe(true);
    expect(store.chunks.get(2)?.length).toBe(0);
  });

  test('hashed: an agreed chunk of 0 bytes is nothing but the end of the stream', () => {
    const { fetcher, transport, store } = setUp();
    fetcher.offer(2, sha1(''), [a]);
    transport.last.close(END);
    expect(store.chunks.get(2)?.length).toBe(0);
  });

  test('plain: a chunk shorter than the others is believed only when a second transfer ends there too', () => {
    const { fetcher, transport, ports, store } = setUp({ total: 9, held: { 1: 'size-6', 3: 'size/6' } });
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
    const last = setUp({ total: 2, held: { 1: 'size-6' } });
    last.fetcher.offer(2, undefined, [a]);
    last.transport.last.receiveRaw('cut');
    last.transport.last.close(END);
    expect(last.store.chunks.has(2)).toBe(true);
    const mixed = setUp({ total: 4, held: { 1: 'size-6', 3: 'another' } });
    mixed.fetcher.offer(2, undefined, [a]);
    mixed.transport.last.receiveRaw('cut');
    mixed.transport.last.close(END);
    expect(mixed.store.chunks.has(2)).toBe(true);
  });

  test('plain: a chunk longer than the others is believed only when a second transfer ends there too', () => {
    const { fetcher, transport, store } = setUp({ total: 9, held: { 1: 'size-6', 3: 'size/6' } });
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
      const { fetcher, transport, store } = setUp({ total: 9, held });
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
    const { fetcher, transport, store, clock } = setUp({ total: 3 });
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
    const { fetcher, transport, store, clock } = setUp({ total: 1 });
    for (let times = 0; times < 2; times++) {
      fetcher.offer(1, undefined, [a]);
      transport.last.receiveRaw(prefixed('record'));
      transport.last.close(END);
      clock.run(clock.now() + 60_000);
    }
    expect(store.chunks.get(1)?.toString()).toBe(prefixed('record'));
  });

  test('plain: a stream that broke off is not the chunk, nor does it vouch for another as short', () => {
    const { clock, fetcher, transport, store } = setUp({ total: 9, held: { 1: 'size-6', 3: 'size/6' } });
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
  const { fetcher, transport, ledger, events } = setUp();
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
  const { clock, events, fetcher, ledger, store, transport } = setUp();
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
