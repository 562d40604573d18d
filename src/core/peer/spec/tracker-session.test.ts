import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  eventsOf,
  FakeStore,
  FakeTransport,
  sha1,
  type FakeConnection,
} from '../../../../test/support/spec-fakes.ts';
import { VirtualClock } from '../../../sim/engines/virtual/virtual-clock.ts';
import type { SwarmEvent } from '../../events.ts';
import type { Address } from '../../interfaces.ts';
import type { Message } from '../../protocol/messages.ts';
import { Ledger } from '../ledger.ts';
import {
  ANSWER_TIMEOUT_MS,
  PACE_MS,
  SpecTrackerSession,
  type SpecTrackerOptions,
} from './tracker-session.ts';

const own = { host: 'localhost', port: 5001 };
const other = { host: 'localhost', port: 5002 };
const another = { host: 'localhost', port: 5003 };

function setUp(
  { total = 4, held = {} }: { total?: number; held?: Record<number, string> } = {},
  options: Partial<SpecTrackerOptions> = {},
) {
  const clock = new VirtualClock();
  const transport = new FakeTransport(clock);
  const events: SwarmEvent[] = [];
  const sink = { emit: (event: SwarmEvent) => events.push(event) };
  const store = new FakeStore(total, held);
  const ledger = new Ledger({ clock, store, events: sink }, 'me');
  const told: unknown[] = [];
  const session = new SpecTrackerSession(
    { clock, transport, events: sink, ledger },
    {
      name: 'me',
      tracker: { host: 'localhost', port: 5100 },
      ...own,
      edition: 'plain',
      trackerIsOurs: false,
      ...options,
    },
    {
      onHolders: (index: number, hash: string | undefined, holders: readonly Address[]) =>
        told.push({ index, hash, holders }),
      onUnknown: (index: number) => told.push({ unknown: index }),
      onOurTracker: () => told.push('ours'),
    },
  );
  const download = (index: number, content: string) => {
    const it = ledger.begin(index, other, 'spec');
    it.write(Buffer.from(content));
    expect(it.finish()).toBe(true);
  };
  session.start();
  return { clock, transport, events, ledger, session, told, download };
}

type SetUp = ReturnType<typeof setUp>;

/** Answers every question after `delayMs`, as a tracker that knows `known`. */
function answering(
  { clock, transport }: SetUp,
  answer: (index: number, connection: FakeConnection) => Message | undefined,
  delayMs = 10,
): void {
  const watch = (connection: FakeConnection): void => {
    const send = connection.send.bind(connection);
    const react = (message: Message): void => {
      if (message.type !== 'where-chunk') return;
      clock.setTimer(delayMs, () => {
        const reply = answer(message.index, connection);
        if (reply) connection.receive(reply);
      });
    };
    connection.messages.forEach(react);
    connection.send = (message) => {
      react(message);
      return send(message);
    };
  };
  transport.connections.forEach(watch);
  transport.onConnect = (connection) => {
    if (!Object.hasOwn(connection, 'send')) watch(connection);
  };
}

const unknown = (index: number): Message => ({ type: 'chunk-unknown', index });
const texts = (connection: FakeConnection): string[] =>
  connection.messages.map((message) =>
    message.type === 'local-chunk' || message.type === 'where-chunk'
      ? `${message.type} ${message.index}${message.terminated === true ? ' ended' : ''}`
      : message.type,
  );

describe('towards a tracker that is not ours', () => {
  test('rule 1 and 3: messages are of one edition, bare, and name localhost', () => {
    for (const edition of ['plain', 'hashed'] as const) {
      const it = setUp({ held: { 1: 'one' } }, { edition });
      answering(it, unknown);
      it.clock.run(5000);
      const [first, second] = it.transport.last.messages;
      expect(first).toEqual({ type: 'where-chunk', index: 2 });
      expect(second).toEqual({
        type: 'local-chunk',
        index: 1,
        holder: own,
        ...(edition === 'hashed' ? { hash: sha1('one') } : {}),
      });
      expect(it.transport.last.messages.every((message) => !('terminated' in message))).toBe(true);
    }
  });

  test('rule 4: sends are 1.25 s apart, also from what came last, and never two questions are open', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ delayMs: fc.integer({ min: 0, max: 7000 }), known: fc.boolean() }), {
          maxLength: 30,
        }),
        (answers) => {
          const it = setUp({ total: 6, held: { 1: 'one', 4: 'four' } });
          const log: { atMs: number; what: string; on: FakeConnection }[] = [];
          const react = (connection: FakeConnection, message: Message): void => {
            log.push({ atMs: it.clock.now(), what: message.type, on: connection });
            if (message.type !== 'where-chunk') return;
            const { delayMs, known } = answers.shift() ?? { delayMs: 100, known: false };
            it.clock.setTimer(delayMs, () => {
              if (connection.closed) return;
              log.push({ atMs: it.clock.now(), what: 'answer', on: connection });
              const { index } = message;
              connection.receive(known ? { type: 'chunk-from', index, holders: [other] } : unknown(index));
            });
          };
          for (const connection of it.transport.connections) tap(connection, react);
          it.transport.onConnect = (connection) => tap(connection, react);
          it.clock.run(60_000);
          for (const connection of it.transport.connections) {
            const mine = log.filter(({ on }) => on === connection);
            for (const [at, entry] of mine.entries()) {
              const before = mine[at - 1];
              if (entry.what === 'answer' || before === undefined) continue;
              expect(entry.atMs - before.atMs).toBeGreaterThanOrEqual(PACE_MS);
              if (before.what === 'where-chunk') {
                expect(entry.atMs - before.atMs).toBeGreaterThanOrEqual(ANSWER_TIMEOUT_MS);
              }
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('rule 5: an answer for another chunk and a second answer to one question are taken as they come', () => {
    const it = setUp({ total: 3 });
    const connection = it.transport.last;
    connection.receive({ type: 'chunk-from', index: 3, holders: [other, own] });
    connection.receive(unknown(1));
    connection.receive(unknown(1));
    connection.receive({ type: 'chunk-from', index: 99, holders: [other] });
    expect(it.told).toEqual([
      { index: 3, hash: undefined, holders: [other, own] },
      { unknown: 1 },
      { unknown: 1 },
    ]);
    it.clock.run(2 * PACE_MS);
    expect(texts(connection)).toEqual(['where-chunk 1', 'where-chunk 2']);
  });

  test('rule 6: no answer in 5 s is asked again; twice none connects again and announces everything again', () => {
    const it = setUp({ total: 2, held: { 1: 'one' } });
    const first = it.transport.last;
    it.clock.run(ANSWER_TIMEOUT_MS);
    expect(first.sent.map(({ atMs }) => atMs)).toEqual([0, ANSWER_TIMEOUT_MS]);
    it.clock.run(2 * ANSWER_TIMEOUT_MS + 999);
    expect(first.ended).toBe(true);
    expect(it.transport.connections).toHaveLength(1);
    expect(eventsOf(it.events, 'tracker-lost')).toMatchObject([{ detail: 'no answer', retryMs: 1000 }]);
    it.clock.run(2 * ANSWER_TIMEOUT_MS + 1000);
    expect(it.transport.connections).toHaveLength(2);
    answering(it, unknown);
    it.clock.run(20_000);
    expect(texts(it.transport.last).slice(0, 2)).toEqual(['where-chunk 2', 'local-chunk 1']);
  });

  test('rule 6: a tracker that cannot be reached is tried after 1, 2, 4… up to 30 s, for ever', () => {
    const it = setUp();
    const refuse = (connection: FakeConnection): void =>
      connection.close({ kind: 'refused', detail: 'connection refused' });
    it.transport.onConnect = refuse;
    it.clock.run(200_000);
    const lost = eventsOf(it.events, 'tracker-lost');
    expect(lost.slice(0, 7).map(({ retryMs }) => retryMs)).toEqual([
      1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
    ]);
    expect(eventsOf(it.events, 'tracker-found')).toEqual([]);
    it.transport.onConnect = (connection) => connection.receive(unknown(1));
    it.clock.run(240_000);
    expect(eventsOf(it.events, 'tracker-found')).not.toEqual([]);
  });

  test('rule 6: nothing more is sent while the network has not taken what was sent', () => {
    const it = setUp();
    const first = it.transport.last;
    first.bufferedBytes = 13;
    it.clock.run(ANSWER_TIMEOUT_MS + 500);
    expect(first.messages).toHaveLength(1);
    expect(eventsOf(it.events, 'tracker-lost')).toHaveLength(1);
  });

  test('rule 7: on unknown the next missing chunk is asked, in rotation', () => {
    const it = setUp({ total: 3, held: { 2: 'two' } });
    answering(it, unknown);
    it.clock.run(20_000);
    expect(texts(it.transport.last).slice(0, 6)).toEqual([
      'where-chunk 1',
      'local-chunk 2',
      'where-chunk 3',
      'where-chunk 1',
      'where-chunk 3',
      'where-chunk 1',
    ]);
  });

  test('a tracker that answers something else counts as one that does not know', () => {
    const it = setUp({ total: 3 });
    answering(it, () => ({ type: 'chunk-unknown', index: 77 }));
    it.clock.run(30_000);
    expect(it.transport.connections).toHaveLength(1);
    expect(texts(it.transport.last).slice(0, 4)).toEqual([
      'where-chunk 1',
      'where-chunk 2',
      'where-chunk 3',
      'where-chunk 1',
    ]);
  });

  test('rule 5: what cannot be understood counts as unknown, and chunks are announced all the same', () => {
    const it = setUp({ total: 3, held: { 1: 'one' } });
    answering(it, () => ({ type: 'chunk-unknown', index: 0 }));
    it.clock.run(30_000);
    expect(it.transport.connections).toHaveLength(1);
    expect(texts(it.transport.last).slice(0, 4)).toEqual([
      'where-chunk 2',
      'local-chunk 1',
      'where-chunk 3',
      'where-chunk 2',
    ]);
    expect(it.told).toEqual([]);
  });

  test('a new chunk is announced, and a chunk that could not be had is asked again', () => {
    const it = setUp({ total: 2 });
    answering(it, (index) => ({ type: 'chunk-from', index, holders: [other] }));
    it.clock.run(5000);
    it.download(2, 'two');
    it.session.ask(1);
    it.session.ask(2);
    it.clock.run(20_000);
    expect(texts(it.transport.last)).toEqual([
      'where-chunk 1',
      'where-chunk 2',
      'local-chunk 2',
      'where-chunk 1',
    ]);
  });

  test('an event is emitted when its message is sent, and not before', () => {
    const it = setUp({ total: 2, held: { 1: 'one' } });
    answering(it, unknown);
    it.clock.run(10_000);
    const told = it.events
      .filter(({ type }) => type === 'chunk-asked' || type === 'chunk-announced')
      .map(({ atMs }) => atMs);
    expect(told).toEqual(it.transport.last.sent.map(({ atMs }) => atMs));
  });

  test('after stop nothing is sent and the connection is closed', () => {
    const it = setUp({ total: 2, held: { 1: 'one' } });
    it.session.stop();
    it.download(2, 'two');
    it.clock.run(60_000);
    expect(it.transport.connections).toHaveLength(1);
    expect(it.transport.last.messages).toHaveLength(1);
    expect(it.transport.last.ended).toBe(true);
  });
});

describe('our tracker', () => {
  const marked = (message: Message): Message => ({ ...message, terminated: true }) as Message;

  test('is recognised by an unknown with a newline: from then on nothing is paced', () => {
    const it = setUp({ total: 4, held: { 1: 'one', 2: 'two' } });
    answering(it, (index) => marked(unknown(index)));
    it.clock.run(10);
    expect(it.told).toEqual([{ unknown: 3 }, 'ours']);
    expect(texts(it.transport.last)).toEqual([
      'where-chunk 3',
      'local-chunk 1 ended',
      'local-chunk 2 ended',
      'where-chunk 4 ended',
    ]);
    it.clock.run(300);
    expect(texts(it.transport.last).slice(4)).toEqual(['where-chunk 3 ended', 'where-chunk 4 ended']);
  });

  test('is not taken for granted when a newline follows holders: it may be part of the port', () => {
    const it = setUp({ total: 4 });
    answering(it, (index) => marked({ type: 'chunk-from', index, holders: [another, other] }));
    it.clock.run(10_000);
    expect(it.told).not.toContain('ours');
    expect(texts(it.transport.last)).toEqual([
      'where-chunk 1',
      'where-chunk 2',
      'where-chunk 3',
      'where-chunk 4',
    ]);
  });

  test('is then recognised by the newline behind our own port, which we sent bare', () => {
    const it = setUp({ total: 4, held: { 1: 'one', 2: 'two' } });
    answering(it, (index) =>
      marked({
        type: 'chunk-from',
        index,
        holders: index === 1 ? [other, { host: '127.0.0.1', port: 5001 }] : [other],
      }),
    );
    it.clock.run(2 * PACE_MS + 30);
    expect(texts(it.transport.last)).toEqual([
      'where-chunk 3',
      'local-chunk 1',
      'where-chunk 1',
      'local-chunk 2 ended',
      'where-chunk 4 ended',
    ]);
    expect(it.told.filter((what) => what === 'ours')).toHaveLength(1);
  });

  test('is not a tracker that has once answered without a newline', () => {
    const it = setUp({ total: 4 });
    let answers = 0;
    answering(it, (index) => (answers++ === 0 ? unknown(index) : marked(unknown(index))));
    it.clock.run(20_000);
    expect(it.session.trackerKind).toBe('foreign');
    expect(it.told).not.toContain('ours');
  });

  test('is found out again after the connection was lost', () => {
    const it = setUp({ total: 2 });
    answering(it, (index) => marked(unknown(index)));
    it.clock.run(100);
    expect(it.session.trackerKind).toBe('ours');
    it.transport.last.close({ kind: 'end' });
    it.clock.run(1101);
    expect(texts(it.transport.last)).toEqual(['where-chunk 1']);
  });

  test('that is known to be ours gets everything at once, at most 64 open questions', () => {
    const it = setUp({ total: 200, held: { 7: 'seven' } }, { trackerIsOurs: true });
    expect(texts(it.transport.last)).toHaveLength(65);
    expect(texts(it.transport.last)[0]).toBe('local-chunk 7 ended');
    answering(it, (index) => marked({ type: 'chunk-from', index, holders: [other] }));
    it.clock.run(100);
    expect(it.told).toHaveLength(199);
    expect(it.told).not.toContain('ours');
  });

  test('in swarm mode: stopping from the call-back leaves nothing behind', () => {
    const it = setUp({ total: 3, held: { 1: 'one' } });
    const tell = it.told.push.bind(it.told);
    it.told.push = (what) => {
      if (what === 'ours') it.session.stop();
      return tell(what);
    };
    answering(it, (index) => marked(unknown(index)));
    it.clock.run(10_000);
    expect(texts(it.transport.last)).toEqual(['where-chunk 2']);
    expect(it.transport.connections).toHaveLength(1);
  });
});

function tap(
  connection: FakeConnection,
  react: (connection: FakeConnection, message: Message) => void,
): void {
  if (Object.hasOwn(connection, 'send')) return;
  const send = connection.send.bind(connection);
  connection.messages.forEach((message) => react(connection, message));
  connection.send = (message) => {
    react(connection, message);
    return send(message);
  };
}
