import { describe, expect, it } from 'vitest';
import type { SwarmEvent } from '../../core/events.ts';
import type { PlannedPeer } from '../plan/plan.ts';
import { at, joinedEvent, planOf, plannedPeer, receivedEvent, recordOf, testEnvironment } from './fixture.ts';
import { measure } from './measure.ts';

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
  const sessions = [{ joinMs: 0, leave: stopAt('crash', 1000) }];
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
          'the tracker forgot it after 10.0 ms',
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
    const sessions = [{ joinMs: 0, leave: stopAt('graceful', 1000) }];
    expect(inject({ sessions }, events)).toMatchObject([{ plannedMs: 1000, happenedMs: null, hit: false }]);
  });

  it('counts from completion where it is planned so', () => {
    const sessions = [{ joinMs: 0, leave: stopAt('graceful', 500, 'completion') }];
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
    const sessions = [
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

  it('at the start is not an injection', () => {
    expect(inject({}, [])).toEqual([]);
  });
});
