import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventsOf, sha1, type FakeConnection } from '../../../../test/support/spec-fakes.ts';
import {
  answering,
  other,
  own,
  sessionStage,
  texts,
  unknown,
} from '../../../../test/support/spec-session-stage.ts';
import type { Message } from '../../protocol/messages.ts';
import { ANSWER_TIMEOUT_MS } from './open-questions.ts';
import { PACE_MS } from './tracker-session.ts';

describe('towards a tracker that is not ours', () => {
  test('rule 1 and 3: messages are of one edition, bare, and name localhost', () => {
    for (const edition of ['plain', 'hashed'] as const) {
      const it = sessionStage({ held: { 1: 'one' } }, { edition });
      answering(it, unknown);
      it.clock.run(5000);
      const [first, second] = it.transport.last.messages;
      expect(second).toEqual({ type: 'where-chunk', index: 2 });
      expect(first).toEqual({
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
          const it = sessionStage({ total: 6, held: { 1: 'one', 4: 'four' } });
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

  test('rule 6: a lost tracker is turned to again, whatever comes to be held meanwhile', () => {
    const it = sessionStage({ total: 3, held: { 1: 'one' } });
    it.clock.run(1000);
    it.transport.last.close({ kind: 'reset', detail: 'ECONNRESET' });
    it.clock.run(1500);
    it.download(2, 'two');
    it.clock.run(4000);
    expect(it.transport.connections).toHaveLength(2);
  });

  test('rule 5: an answer for another chunk and a second answer to one question are taken as they come', () => {
    const it = sessionStage({ total: 3 });
    const connection = it.transport.last;
    connection.receive({ type: 'chunk-from', index: 3, holders: [other, own] });
    connection.receive(unknown(1));
    connection.receive(unknown(1));
    connection.receive({ type: 'chunk-from', index: 99, holders: [other] });
    expect(it.told).toEqual([{ index: 3, hash: undefined, holders: [other, own] }]);
    it.clock.run(2 * PACE_MS);
    expect(texts(connection)).toEqual(['where-chunk 1', 'where-chunk 2']);
  });

  test('rule 6: no answer in 5 s is asked again; twice none connects again and announces everything again', () => {
    const it = sessionStage({ total: 2, held: { 1: 'one' } });
    const first = it.transport.last;
    it.clock.run(PACE_MS + ANSWER_TIMEOUT_MS);
    expect(first.sent.map(({ atMs }) => atMs)).toEqual([0, PACE_MS, PACE_MS + ANSWER_TIMEOUT_MS]);
    it.clock.run(PACE_MS + 2 * ANSWER_TIMEOUT_MS + 999);
    expect(first.ended).toBe(true);
    expect(it.transport.connections).toHaveLength(1);
    expect(eventsOf(it.events, 'tracker-lost')).toMatchObject([{ detail: 'no answer', retryMs: 1000 }]);
    it.clock.run(PACE_MS + 2 * ANSWER_TIMEOUT_MS + 1000);
    expect(it.transport.connections).toHaveLength(2);
    answering(it, unknown);
    it.clock.run(20_000);
    expect(texts(it.transport.last).slice(0, 2)).toEqual(['local-chunk 1', 'where-chunk 2']);
  });

  test('rule 6: a tracker that cannot be reached is tried after 1, 2, 4… up to 30 s, for ever', () => {
    const it = sessionStage();
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
    const it = sessionStage();
    const first = it.transport.last;
    first.bufferedBytes = 13;
    it.clock.run(ANSWER_TIMEOUT_MS + 500);
    expect(first.messages).toHaveLength(1);
    expect(eventsOf(it.events, 'tracker-lost')).toHaveLength(1);
  });

  test('rule 7: on unknown the next missing chunk is asked, in rotation', () => {
    const it = sessionStage({ total: 3, held: { 2: 'two' } });
    answering(it, unknown);
    it.clock.run(20_000);
    expect(texts(it.transport.last).slice(0, 6)).toEqual([
      'local-chunk 2',
      'where-chunk 1',
      'where-chunk 3',
      'where-chunk 1',
      'where-chunk 3',
      'where-chunk 1',
    ]);
  });

  test('a tracker that answers something else counts as one that does not know', () => {
    const it = sessionStage({ total: 3 });
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
    const it = sessionStage({ total: 3, held: { 1: 'one' } });
    answering(it, () => ({ type: 'chunk-unknown', index: 0 }));
    it.clock.run(30_000);
    expect(it.transport.connections).toHaveLength(1);
    expect(texts(it.transport.last).slice(0, 4)).toEqual([
      'local-chunk 1',
      'where-chunk 2',
      'where-chunk 3',
      'where-chunk 2',
    ]);
    expect(it.told).toEqual([]);
  });

  test('a new chunk is announced, and a chunk that could not be had is asked again', () => {
    const it = sessionStage({ total: 2 });
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

  test('who lacks nothing asks once, behind the last chunk: to learn that the tracker answers, and whose it is', () => {
    const it = sessionStage({ total: 2, held: { 1: 'one', 2: 'two' } });
    answering(it, unknown);
    it.clock.run(60_000);
    expect(texts(it.transport.last)).toEqual(['local-chunk 1', 'local-chunk 2', 'where-chunk 3']);
    expect(eventsOf(it.events, 'tracker-found')).toHaveLength(1);
  });

  test('everything held is announced before anything is asked', () => {
    const it = sessionStage({ total: 5, held: { 1: 'one', 3: 'three', 4: 'four' } });
    answering(it, unknown);
    it.clock.run(4 * PACE_MS);
    expect(texts(it.transport.last).slice(0, 4)).toEqual([
      'local-chunk 1',
      'local-chunk 3',
      'local-chunk 4',
      'where-chunk 2',
    ]);
  });

  test('among very many chunks a question comes after the first 16, since its answer may save the pauses', () => {
    const held = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [at + 1, `chunk ${at + 1}`]));
    const it = sessionStage({ total: 20, held });
    answering(it, unknown);
    it.clock.run(60_000);
    const said = texts(it.transport.last);
    expect(said.slice(0, 16).every((text) => text.startsWith('local-chunk'))).toBe(true);
    expect(said[16]).toBe('where-chunk 21');
    expect(said.slice(17)).toEqual(['local-chunk 17', 'local-chunk 18', 'local-chunk 19', 'local-chunk 20']);
  });

  test('hashed: an answer without a hash is as good as none', () => {
    const it = sessionStage({ total: 2, held: { 1: 'one' } }, { edition: 'hashed' });
    const answers: Message[] = [
      { type: 'chunk-from', index: 2, holders: [other] },
      { type: 'chunk-from', index: 2, hash: sha1('two'), holders: [other] },
    ];
    answering(it, () => answers.shift());
    it.clock.run(2 * PACE_MS + 2000);
    expect(it.told).toEqual([{ index: 2, hash: sha1('two'), holders: [other] }]);
  });

  test('nothing is told as sent that could not leave: the tracker is not there', () => {
    const it = sessionStage({ total: 2, held: { 1: 'one' } }, {}, { opens: false });
    it.transport.onConnect = (connection) => connection.close({ kind: 'refused', detail: 'refused' });
    it.clock.run(60_000);
    expect(it.transport.connections.length).toBeGreaterThan(2);
    expect(it.events.every(({ type }) => type === 'tracker-lost')).toBe(true);
  });

  test('an event is emitted when its message is sent, and not before', () => {
    const it = sessionStage({ total: 2, held: { 1: 'one' } });
    answering(it, unknown);
    it.clock.run(10_000);
    const told = it.events
      .filter(({ type }) => type === 'chunk-asked' || type === 'chunk-announced')
      .map(({ atMs }) => atMs);
    expect(told).toEqual(it.transport.last.sent.map(({ atMs }) => atMs));
  });

  test('after stop nothing is sent and the connection is closed', () => {
    const it = sessionStage({ total: 2, held: { 1: 'one' } });
    it.session.stop();
    it.download(2, 'two');
    it.clock.run(60_000);
    expect(it.transport.connections).toHaveLength(1);
    expect(it.transport.last.messages).toHaveLength(1);
    expect(it.transport.last.ended).toBe(true);
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
