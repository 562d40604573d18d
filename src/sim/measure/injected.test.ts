import { describe, expect, it } from 'vitest';
import type { SwarmEvent } from '../../core/events.ts';
import type { PlannedPeer } from '../plan/plan.ts';
import {
  at,
  joinedEvent,
  planOf,
  plannedPeer,
  receivedEvent,
  recordOf,
  testEnvironment,
  measure,
} from './fixture.ts';

const stopAt = (how: 'graceful' | 'crash', afterMs: number, from: 'start' | 'completion' = 'start') => ({
  how,
  from,
  afterMs,
  keepChunks: true,
});

function inject(changes: Partial<PlannedPeer>, events: readonly SwarmEvent[], elapsedMs = 4000) {
  const plan = planOf([
    plannedPeer('seeder', { holds: { kind: 'all' } }),
    plannedPeer('x', { mustComplete: false, ...changes }),
    plannedPeer('y'),
  ]);
  const joins = [joinedEvent('seeder', 0, 1, 4), joinedEvent('x', 0, 2), joinedEvent('y', 0, 3)];
  return measure(plan, recordOf([...joins, ...events], [], { elapsedMs }), testEnvironment).injected;
}

describe('a crash', () => {
  const sessions: PlannedPeer['sessions'] = [{ joinMs: 0, leave: stopAt('crash', 1000) }];
  const crashed: SwarmEvent = { type: 'peer-crashed', atMs: 1003, peer: 'x' };

  it('tells what it cut, what was lost, and when the tracker noticed', () => {
    const events: SwarmEvent[] = [
      receivedEvent('x', 500, 1, 1),
      crashed,
      { type: 'connection-failed', atMs: 1004, peer: 'y', address: at(2), detail: 'reset' },
      { type: 'connection-failed', atMs: 1500, peer: 'y', address: at(2), detail: 'refused' },
      {
        type: 'chunk-discarded',
        atMs: 1004,
        peer: 'y',
        index: 1,
        from: at(2),
        bytes: 2048,
        reason: 'failed',
      },
      { type: 'peer-forgotten', atMs: 1013, peer: 'tracker', address: at(2), reason: 'disconnected' },
    ];
    expect(inject({ sessions }, events)).toEqual([
      {
        kind: 'crash',
        target: 'x',
        plannedMs: 1000,
        happenedMs: 1003,
        effect:
          'killed with 1 of 4 chunks; 1 peer lost the connection; 2 KiB in flight lost; ' +
          'the tracker forgot it after 10 ms',
        hit: true,
      },
    ]);
  });

  it('that came after the end of the run hit nothing', () => {
    expect(inject({ sessions }, [], 900)).toMatchObject([{ happenedMs: null, hit: false }]);
  });

  it('that came after the last completion hit nothing', () => {
    const events: SwarmEvent[] = [{ type: 'peer-completed', atMs: 700, peer: 'y' }, crashed];
    const [crash] = inject({ sessions }, events);
    expect(crash).toMatchObject({ happenedMs: 1003, hit: false });
    expect(crash?.effect).toContain('after the last completion');
  });
});

describe('a graceful leave', () => {
  it('is not mistaken for the end of the run', () => {
    const events: SwarmEvent[] = [{ type: 'peer-left', atMs: 900, peer: 'x' }];
    const sessions: PlannedPeer['sessions'] = [{ joinMs: 0, leave: stopAt('graceful', 1000) }];
    expect(inject({ sessions }, events)).toMatchObject([{ plannedMs: 1000, happenedMs: null, hit: false }]);
  });

  it('counts from completion where it is planned so', () => {
    const sessions: PlannedPeer['sessions'] = [{ joinMs: 0, leave: stopAt('graceful', 500, 'completion') }];
    const events: SwarmEvent[] = [
      { type: 'peer-completed', atMs: 600, peer: 'x' },
      { type: 'peer-left', atMs: 1101, peer: 'x' },
    ];
    expect(inject({ sessions }, events)).toMatchObject([{ plannedMs: 1100, happenedMs: 1101, hit: true }]);
    expect(inject({ sessions }, [])[0]).toMatchObject({
      plannedMs: null,
      hit: false,
      effect: 'did not happen: the peer had not completed',
    });
  });
});

describe('a join and a return', () => {
  it('tell what the peer brought', () => {
    const sessions: PlannedPeer['sessions'] = [
      { joinMs: 0, leave: stopAt('crash', 1000) },
      { joinMs: 2000, leave: null },
    ];
    const events: SwarmEvent[] = [
      { type: 'peer-crashed', atMs: 1000, peer: 'x' },
      joinedEvent('x', 2001, 9, 2),
    ];
    expect(inject({ sessions }, events).map(({ kind, effect }) => [kind, effect])).toEqual([
      ['crash', 'killed with 0 of 4 chunks'],
      ['return', 'came back with 2 of 4 chunks'],
    ]);
    expect(inject({ sessions }, events.slice(0, 1))[1]).toMatchObject({ kind: 'return', hit: false });
  });

  describe('after a completion', () => {
    const end = stopAt('crash', 500, 'completion');
    const sessions: PlannedPeer['sessions'] = [
      { joinMs: 0, leave: end },
      { awayMs: 300, leave: end },
      { awayMs: 300, leave: null },
    ];
    const received = (atMs: number): SwarmEvent[] => [
      ...[1, 2, 3, 4].map((index) => receivedEvent('x', atMs, index, 1)),
      { type: 'peer-completed', atMs, peer: 'x' },
    ];
    const crashed = (atMs: number): SwarmEvent => ({ type: 'peer-crashed', atMs, peer: 'x' });
    const [first, second] = [
      [...received(600), crashed(1101)],
      [joinedEvent('x', 1402, 9), ...received(1500), crashed(2000)],
    ];
    const rows = (...events: SwarmEvent[]) =>
      inject({ sessions }, events).map(({ kind, plannedMs, happenedMs, effect }) =>
        [kind, plannedMs, happenedMs, effect].join(' '),
      );

    it('count from what really happened before, and tell of chunks that were received again', () => {
      expect(rows(...first, ...second, joinedEvent('x', 2301, 8, 4))).toEqual([
        'crash 1100 1101 killed with 4 of 4 chunks',
        'return 1401 1402 came back with 0 of 4 chunks',
        'crash 2000 2000 killed with 4 of 4 chunks',
        'return 2300 2301 came back with 4 of 4 chunks',
      ]);
    });

    it('are told of with the reason when they did not happen', () => {
      const over = 'did not happen: the run was over before';
      expect(rows()).toEqual([
        'crash   did not happen: the peer had not completed',
        'return   did not happen: the peer had not completed',
        `crash   ${over}`,
        `return   ${over}`,
      ]);
      expect(rows(...first)).toEqual([
        'crash 1100 1101 killed with 4 of 4 chunks',
        `return 1401  ${over}`,
        `crash   ${over}`,
        `return   ${over}`,
      ]);
      expect(rows(...received(600))).toEqual([
        `crash 1100  ${over}`,
        `return   ${over}`,
        `crash   ${over}`,
        `return   ${over}`,
      ]);
    });
  });

  it('at the start is not an injection', () => {
    expect(inject({}, [])).toEqual([]);
  });
});
