import { describe, expect, it } from 'vitest';
import type { SwarmEvent } from '../../core/events.ts';
import type { FaultRecord } from '../engines/engine.ts';
import { at, joinedEvent, planOf, plannedPeer, recordOf, testEnvironment, measure } from './fixture.ts';
import type { InjectedFigures } from '../result/result.ts';

const fault = (changes: Partial<FaultRecord>): FaultRecord => ({
  name: 'poison',
  kind: 'corrupt',
  occurrence: 1,
  targets: ['x'],
  plannedMs: 1000,
  beganMs: 1001,
  endedMs: 3001,
  hits: 2,
  effect: '2 chunks sent corrupted',
  ...changes,
});

const joins = [joinedEvent('seeder', 0, 1, 4), joinedEvent('x', 0, 2), joinedEvent('y', 0, 3)];

function figures(faults: readonly FaultRecord[], events: readonly SwarmEvent[] = []): InjectedFigures[] {
  const plan = planOf([
    plannedPeer('seeder', { holds: { kind: 'all' } }),
    plannedPeer('x'),
    plannedPeer('y'),
  ]);
  const record = recordOf([...joins, ...events], [], { faults });
  return measure(plan, record, testEnvironment).injected.filter(({ kind }) => kind === 'fault');
}

describe('a fault', () => {
  it('is told with what it hit and what others made of it', () => {
    const events: SwarmEvent[] = [
      {
        type: 'chunk-discarded',
        atMs: 1500,
        peer: 'y',
        index: 1,
        from: at(2),
        bytes: 2048,
        reason: 'corrupt',
      },
      { type: 'chunk-discarded', atMs: 1600, peer: 'y', index: 1, from: at(1), bytes: 9, reason: 'corrupt' },
      { type: 'peer-banned', atMs: 1500, peer: 'y', address: at(2), reason: 'sent a bad chunk 1' },
    ];
    expect(figures([fault({})], events)).toEqual([
      {
        kind: 'fault',
        name: 'poison',
        target: 'x',
        plannedMs: 1000,
        happenedMs: 1001,
        effect: 'corrupt; for 2 s; 2 chunks sent corrupted; 1 chunk (2 KiB) rejected; banned by 1 peer',
        hit: true,
      },
    ]);
  });

  it('that hit nothing is flagged, and so is one that never began', () => {
    const nothing = fault({ hits: 0, effect: 'hit nothing', endedMs: null });
    const never = fault({
      beganMs: null,
      endedMs: null,
      hits: 0,
      effect: 'did not happen: …',
      occurrence: 2,
    });
    expect(figures([nothing, never])).toMatchObject([
      { hit: false, effect: 'corrupt; to the end of the run; hit nothing' },
      { hit: false, name: 'poison (2)', happenedMs: null },
    ]);
  });

  it('names three of its targets, and counts the others', () => {
    const [one] = figures([fault({ targets: ['a', 'b', 'c', 'd', 'e'] })]);
    expect(one!.target).toBe('a, b, c and 2 more');
  });

  it.each([
    ['one by one', [['x'], ['seeder', 'y']], false, 'x | seeder, y'],
    [
      'the first to the others where it is one way',
      [['x'], ['y'], ['seeder', 'tracker']],
      true,
      'x → y | seeder, tracker',
    ],
  ] as const)('of sides names them %s', (_, sides, oneWay, text) => {
    const effect = { kind: 'partition', sides, oneWay } as const;
    const planned = {
      name: 'split',
      when: { kind: 'time', atMs: 0 },
      forMs: null,
      again: null,
      effect,
    } as const;
    const plan = planOf([plannedPeer('x')], { faults: [planned] });
    const record = recordOf(joins, [], { faults: [fault({ name: 'split', kind: 'partition' })] });
    const { injected } = measure(plan, record, testEnvironment);
    expect(injected.find(({ kind }) => kind === 'fault')!.target).toBe(text);
  });

  it('of the tracker tells how many lost it', () => {
    const lost = (peer: string, atMs: number): SwarmEvent => ({
      type: 'tracker-lost',
      atMs,
      peer,
      address: at(9),
      detail: 'reset',
      retryMs: 500,
    });
    const down = fault({ name: 'tracker-down 1', kind: 'tracker-down', targets: ['tracker'], effect: 'cut' });
    const [one] = figures([down], [lost('x', 1002), lost('y', 1002), lost('y', 1600), lost('x', 10)]);
    expect(one!.effect).toBe('for 2 s; cut; 2 peers lost the tracker');
  });
});

describe('a return that a crash has planned', () => {
  const crash = (changes: object = {}) =>
    ({
      name: 'kill',
      when: { kind: 'time', atMs: 1000 },
      forMs: null,
      again: null,
      effect: { kind: 'crash', peers: ['x'], returnAfterMs: 2000, keepChunks: true, ...changes },
    }) as const;
  const crashed: SwarmEvent = { type: 'peer-crashed', atMs: 1001, peer: 'x', fault: 'kill' };

  function returns(planned: ReturnType<typeof crash>, ...events: readonly SwarmEvent[]) {
    const plan = planOf([plannedPeer('x'), plannedPeer('y')], { faults: [planned] });
    const { injected } = measure(plan, recordOf([...joins, crashed, ...events], []), testEnvironment);
    return injected.filter(({ kind }) => kind === 'return');
  }

  it('has a row with what the peer brought', () => {
    expect(returns(crash(), joinedEvent('x', 3004, 4, 3))).toEqual([
      {
        kind: 'return',
        target: 'x',
        plannedMs: 3001,
        happenedMs: 3004,
        effect: 'came back with 3 of 4 chunks; killed by kill',
        hit: true,
      },
    ]);
  });

  it('is flagged when the run was over before, and not expected of who stays dead', () => {
    expect(returns(crash())).toMatchObject([{ plannedMs: 3001, happenedMs: null, hit: false }]);
    expect(returns(crash({ returnAfterMs: null }))).toEqual([]);
  });
});

describe('a session that a fault has cut', () => {
  it('is one session: its planned end is told of the last stay', () => {
    const leave = { how: 'crash', from: 'start', afterMs: 3000, keepChunks: true } as const;
    const plan = planOf([
      plannedPeer('seeder', { holds: { kind: 'all' } }),
      plannedPeer('x', { sessions: [{ joinMs: 0, leave }] }),
    ]);
    const events: SwarmEvent[] = [
      joinedEvent('seeder', 0, 1, 4),
      joinedEvent('x', 0, 2),
      { type: 'peer-crashed', atMs: 1000, peer: 'x', fault: 'kill' },
      joinedEvent('x', 1500, 3, 2),
      { type: 'peer-crashed', atMs: 3001, peer: 'x' },
    ];
    const { injected } = measure(plan, recordOf(events, []), testEnvironment);
    expect(injected).toMatchObject([{ kind: 'crash', plannedMs: 3000, happenedMs: 3001, hit: true }]);
  });
});
