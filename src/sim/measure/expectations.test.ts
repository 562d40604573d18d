import { describe, expect, it } from 'vitest';
import type { Comparison, Threshold } from '../plan/plan.ts';
import { measure, smallSwarm, testEnvironment, type RecordedRun } from './fixture.ts';

function threshold(metric: string, comparison: Comparison, value: number): Threshold {
  return { text: `${metric} ${comparison} ${value}`, metric, comparison, value };
}

/** The small swarm: makespan 3,500 ms, completions at 3,000 and 3,500 ms. */
function run(expected: readonly Threshold[], record: Partial<RecordedRun> = {}) {
  const swarm = smallSwarm();
  return measure({ ...swarm.plan, expect: expected }, { ...swarm.record, ...record }, testEnvironment);
}

describe('a threshold', () => {
  it.each([
    ['makespan', '<=', 3500, 'pass', 3500],
    ['makespan', '<', 3500, 'fail', 3500],
    ['makespan', '==', 3500, 'pass', 3500],
    ['makespan', '!=', 3500, 'fail', 3500],
    ['completion.min', '>=', 3000, 'pass', 3000],
    ['completion.min', '>', 3000, 'fail', 3000],
    ['leecher.completion.mean', '<', 3251, 'pass', 3250],
    ['leecher/2.uploaded', '>', 1000, 'fail', 1000],
    ['integrity', '==', 1, 'pass', 1],
  ] as const)('%s %s %d is judged: %s, by %d', (metric, comparison, value, outcome, measured) => {
    expect(run([threshold(metric, comparison, value)]).expectations).toEqual([
      expect.objectContaining({ metric, outcome, measured, note: '' }),
    ]);
  });

  it('takes shares for equal that differ only because a decimal fraction is not exact in binary', () => {
    expect(run([threshold('waste', '<=', 500 / 8500 - 1e-17)]).expectations[0]!.outcome).toBe('pass');
    expect(run([threshold('waste', '<', 500 / 8500 + 1e-17)]).expectations[0]!.outcome).toBe('fail');
  });

  it('without data is inconclusive, never a pass', () => {
    const { expectations, verdict } = run([
      threshold('leecher.upload_utilisation', '<', 2),
      threshold('seeder.waste', '<', 1),
    ]);
    expect(expectations.map(({ outcome }) => outcome)).toEqual(['pass', 'inconclusive']);
    expect(verdict).toMatchObject({ outcome: 'inconclusive', because: 'data' });
    expect(verdict.reasons).toEqual(['Expected seeder.waste < 1: the run has no data for it.']);
  });

  it('of a metric that there is not is inconclusive', () => {
    expect(run([threshold('nobody.waste', '<', 1)]).expectations).toEqual([
      expect.objectContaining({
        outcome: 'inconclusive',
        measured: null,
        note: 'there is no metric nobody.waste',
      }),
    ]);
  });

  it.each(['interrupted', 'aborted'] as const)('is inconclusive in a run that was %s', (ending) => {
    const { expectations } = run([threshold('waste', '<', 1)], { ending });
    expect(expectations[0]).toMatchObject({ outcome: 'inconclusive' });
  });
});

describe('the verdict', () => {
  it('is fail by a missed threshold, with the measured value in the reason', () => {
    const { verdict } = run([threshold('makespan', '<', 3000), threshold('waste', '<', 1)]);
    expect(verdict).toMatchObject({ outcome: 'fail', because: 'expectations', completedPeers: 3 });
    expect(verdict.reasons).toEqual(['Expected makespan < 3000, measured 3.5 s.']);
  });

  it('names an incomplete or corrupt swarm before a missed threshold', () => {
    const { record } = smallSwarm();
    const peers = record.peers.map((peer) => ({ ...peer, integrity: 'corrupt' as const }));
    const { verdict } = run([threshold('makespan', '<', 3000)], { peers });
    expect(verdict.because).toBe('swarm');
    expect(verdict.reasons.at(-1)).toBe('Expected makespan < 3000, measured 3.5 s.');
  });

  it('of a run that was given up is fail, with the text of the condition', () => {
    const swarm = smallSwarm();
    const events = swarm.record.events.filter(({ type }) => type !== 'peer-completed');
    const peers = swarm.record.peers.map((peer) =>
      peer.name === 'seeder' ? peer : { ...peer, integrity: 'incomplete' as const, heldChunksAtEnd: 1 },
    );
    const ending = { ending: 'aborted', abortedBy: 'elapsed > 4s' } as const;
    const { verdict, abortedBy } = run([], { events, peers, ...ending });
    expect(abortedBy).toBe('elapsed > 4s');
    expect(verdict).toMatchObject({ outcome: 'fail', because: 'aborted', completedPeers: 1 });
    expect(verdict.reasons).toContain('The run was given up after 4 s, because elapsed > 4s.');
  });

  it('of a run in which nobody must complete is that of its thresholds', () => {
    const swarm = smallSwarm();
    const plan = {
      ...swarm.plan,
      peers: swarm.plan.peers.map((peer) => ({ ...peer, mustComplete: false })),
      expect: [threshold('waste', '<', 1)],
    };
    expect(measure(plan, swarm.record, testEnvironment).verdict).toMatchObject({
      outcome: 'pass',
      because: null,
    });
  });
});
