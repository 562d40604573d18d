import { describe, expect, test } from 'vitest';
import { eventsOf } from '../../../../test/support/spec-fakes.ts';
import {
  another,
  answering,
  other,
  sessionStage,
  texts,
  unknown,
} from '../../../../test/support/spec-session-stage.ts';
import type { Message } from '../../protocol/messages.ts';
import { PACE_MS } from './tracker-session.ts';

describe('our tracker', () => {
  const marked = (message: Message): Message => ({ ...message, terminated: true }) as Message;

  test('is recognised by an unknown with a newline: from then on nothing is paced', () => {
    const it = sessionStage({ total: 4, held: { 1: 'one', 2: 'two' } });
    answering(it, (index) => marked(unknown(index)));
    it.clock.run(2 * PACE_MS + 10);
    expect(it.told).toEqual(['ours']);
    expect(texts(it.transport.last)).toEqual([
      'local-chunk 1',
      'local-chunk 2',
      'where-chunk 3',
      'where-chunk 4 ended',
    ]);
    it.clock.run(2 * PACE_MS + 300);
    expect(texts(it.transport.last).slice(4)).toEqual(['where-chunk 3 ended', 'where-chunk 4 ended']);
  });

  test('is not told as found by a peer that goes on by the swarm protocol, but one of others is', () => {
    const swarm = { protocol: 'swarm' } as const;
    const ours = sessionStage({ total: 4 }, swarm);
    answering(ours, (index) => marked(unknown(index)));
    ours.clock.run(10);
    expect(ours.told).toContain('ours');
    expect(eventsOf(ours.events, 'tracker-found')).toEqual([]);
    const foreign = sessionStage({ total: 4 }, swarm);
    answering(foreign, unknown);
    foreign.clock.run(10_000);
    expect(eventsOf(foreign.events, 'tracker-found')).toMatchObject([{ protocol: 'spec' }]);
  });

  test('is told as found, by the spec protocol, when the questions about it lead nowhere', () => {
    const it = sessionStage({ total: 4, held: { 1: 'one' } }, { protocol: 'swarm' });
    answering(it, (index) => marked({ type: 'chunk-from', index, holders: [other] }));
    it.clock.run(2 * PACE_MS + 30);
    expect(texts(it.transport.last)).toEqual(['local-chunk 1', 'where-chunk 2', 'where-chunk 5']);
    expect(eventsOf(it.events, 'tracker-found')).toEqual([]);
    it.clock.run(30_000);
    expect(eventsOf(it.events, 'tracker-found')).toMatchObject([{ protocol: 'spec' }]);
  });

  test('is not taken for granted when a newline follows holders: it may be part of the port', () => {
    const it = sessionStage({ total: 4 });
    answering(it, (index) => marked({ type: 'chunk-from', index, holders: [another, other] }));
    it.clock.run(20_000);
    expect(it.told).not.toContain('ours');
    expect(texts(it.transport.last)).toEqual([
      'where-chunk 1',
      'where-chunk 5',
      'where-chunk 1004',
      'where-chunk 1000004',
      'where-chunk 2',
      'where-chunk 3',
      'where-chunk 4',
    ]);
  });

  test('is then recognised by its answer about a chunk that nobody holds', () => {
    const it = sessionStage({ total: 4, held: { 1: 'one', 2: 'two' } });
    answering(it, (index) =>
      marked(index === 5 ? unknown(5) : { type: 'chunk-from', index, holders: [other] }),
    );
    it.clock.run(3 * PACE_MS + 50);
    expect(texts(it.transport.last)).toEqual([
      'local-chunk 1',
      'local-chunk 2',
      'where-chunk 3',
      'where-chunk 5',
      'where-chunk 4 ended',
    ]);
    expect(it.told.filter((what) => what === 'ours')).toHaveLength(1);
  });

  test('is asked for a chunk behind the last one, and a peer is complete when there is none', () => {
    const it = sessionStage({ total: 1 }, { trackerIsOurs: true, checksTotal: true });
    expect(it.transport.last.messages[0]).toMatchObject({ index: 2, onlyOpen: true });
    it.transport.last.receive(marked(unknown(2)));
    it.session.confirmTotal(() => it.told.push('confirmed'));
    expect(it.told).toEqual([]);
    it.transport.last.receive(marked(unknown(2)));
    expect(it.told).toEqual(['confirmed']);
  });

  test('that knows of a chunk behind the last one shows that the total is wrong', () => {
    const it = sessionStage({ total: 1 }, { trackerIsOurs: true, checksTotal: true });
    it.session.confirmTotal(() => it.told.push('confirmed'));
    it.transport.last.receive(marked({ type: 'chunk-from', index: 2, holders: [other] }));
    expect(it.told).toEqual([{ more: 2 }]);
  });

  test('that does not answer does not keep a peer from being complete', () => {
    const it = sessionStage({ total: 1 }, { trackerIsOurs: true, checksTotal: true });
    it.session.confirmTotal(() => it.told.push('confirmed'));
    it.clock.run(60_000);
    expect(it.told).toEqual(['confirmed']);
  });

  test('is asked for the hash once it is known to be ours, also by who has announced nothing', () => {
    const it = sessionStage({ total: 1 }, { edition: 'hashed', trackerIsOurs: true });
    expect(it.transport.last.messages).toMatchObject([{ type: 'where-chunk', index: 1, edition: 'hashed' }]);
  });

  test('is not a tracker that has once answered without a newline', () => {
    const it = sessionStage({ total: 4 });
    let answers = 0;
    answering(it, (index) => (answers++ === 0 ? unknown(index) : marked(unknown(index))));
    it.clock.run(20_000);
    expect(it.session.trackerKind).toBe('foreign');
    expect(it.told).not.toContain('ours');
  });

  test('is found out again after the connection was lost', () => {
    const it = sessionStage({ total: 2 });
    answering(it, (index) => marked(unknown(index)));
    it.clock.run(100);
    expect(it.session.trackerKind).toBe('ours');
    it.transport.last.close({ kind: 'end' });
    it.clock.run(1101);
    expect(texts(it.transport.last)).toEqual(['where-chunk 1']);
  });

  test('that is known to be ours gets everything at once, at most 64 open questions', () => {
    const it = sessionStage({ total: 200, held: { 7: 'seven' } }, { trackerIsOurs: true });
    expect(texts(it.transport.last)).toHaveLength(65);
    expect(texts(it.transport.last)[0]).toBe('local-chunk 7 ended');
    answering(it, (index) => marked({ type: 'chunk-from', index, holders: [other] }));
    it.clock.run(100);
    expect(it.told).toHaveLength(199);
    expect(it.told).not.toContain('ours');
  });

  test('is asked again at once about a located chunk; a stranger is not', () => {
    const it = sessionStage({ total: 1 }, { trackerIsOurs: true });
    answering(it, (index) => marked({ type: 'chunk-from', index, holders: [other] }));
    it.clock.run(1000);
    expect(it.session.refresh(1)).toBe(true);
    it.clock.run(2000);
    expect(it.told).toHaveLength(2);
    expect(sessionStage().session.refresh(1)).toBe(false);
  });

  test('in swarm mode: stopping from the call-back leaves nothing behind', () => {
    const it = sessionStage({ total: 3, held: { 1: 'one' } });
    const tell = it.told.push.bind(it.told);
    it.told.push = (what) => {
      if (what === 'ours') it.session.stop();
      return tell(what);
    };
    answering(it, (index) => marked(unknown(index)));
    it.clock.run(10_000);
    expect(texts(it.transport.last)).toEqual(['local-chunk 1', 'where-chunk 2']);
    expect(it.transport.connections).toHaveLength(1);
  });
});
