import { describe, expect, it } from 'vitest';
import { experimentOfRuns, experimentRun } from '../experiment/fixture.ts';
import type { ExperimentRun } from '../experiment/experiment.ts';
import type { FidelityFigure } from './fidelity.ts';
import { judgeFidelity } from './judge-fidelity.ts';

type Times = readonly (number | null)[];

interface Case {
  readonly threads: Times;
  readonly virtual: Times;
  readonly trust?: readonly ExperimentRun['trust'][];
  readonly isUnlimited?: boolean;
}

/** One arm; makespan and median are the same, repeat by repeat. */
function judged({ threads, virtual, trust = [], isUnlimited = false }: Case) {
  const figures = (ms: number | null) => ({ makespan: ms, 'completion.median': ms, waste: (ms ?? 0) / 1e6 });
  const runs = [
    ...threads.map((ms, at) =>
      experimentRun('a, threads', at + 1, figures(ms), {
        trust: trust[at] ?? 'trusted',
        warnings: trust[at] === 'doubtful' ? ['The machine was busy before the run.', 'It was late.'] : [],
      }),
    ),
    ...virtual.map((ms, at) => experimentRun('a, virtual', at + 1, figures(ms))),
  ];
  const { arms } = judgeFidelity(experimentOfRuns(runs), [{ name: 'a', parameters: {}, isUnlimited }]);
  const figure = (metric: string): FidelityFigure => arms[0]!.figures.find((one) => one.metric === metric)!;
  return { arm: arms[0]!, makespan: figure('makespan'), waste: figure('waste') };
}

describe('the difference of virtual time from threads', () => {
  it('is the mean over pairs of the same plan, so that the scatter of plans does not count', () => {
    const { makespan, arm } = judged({ threads: [1000, 2000, 4000], virtual: [1010, 2020, 4040] });
    expect(makespan.difference!.mean).toBeCloseTo(0.01, 12);
    expect(makespan.difference!.ci95).toBeCloseTo(0, 12);
    expect(makespan).toMatchObject({ verdict: 'within', note: '' });
    expect(arm).toMatchObject({ verdict: 'within', pairs: 3, trusted: 3 });
  });

  it('differs when its whole interval is beyond the tolerance', () => {
    const { makespan, arm } = judged({ threads: [1000, 1000, 1000], virtual: [895, 900, 905] });
    expect(makespan).toMatchObject({ verdict: 'differs', note: 'by more than 5 %' });
    expect(arm.verdict).toBe('differs');
  });

  it.each([
    ['its interval reaches over the tolerance', [1000, 1000, 1000], [960, 1000, 1040], 'reaches over 5 %'],
    ['there is one pair alone', [1000], [1000], 'one run shows no scatter'],
    ['a run lacks the figure', [1000, null, 1000], [1000, 1000, 1000], '1 of 3 plans lack it'],
  ])('cannot be told when %s', (_, threads, virtual, note) => {
    expect(judged({ threads, virtual }).makespan).toMatchObject({
      verdict: 'unclear',
      note: expect.stringContaining(note) as string,
    });
  });

  it('is one when no plan completes on one of the engines, and each does on the other', () => {
    const { makespan } = judged({ threads: [null, null], virtual: [1000, 1000] });
    expect(makespan).toMatchObject({ verdict: 'differs', difference: null });
    expect(makespan.note).toBe('it is there in virtual time only');
  });

  it('leaves out runs that the machine disturbed while two others are left', () => {
    const { makespan, arm } = judged({
      threads: [1000, 1000, 5000],
      virtual: [1000, 1000, 1000],
      trust: ['trusted', 'trusted', 'doubtful'],
    });
    expect(arm).toMatchObject({ trusted: 2, pairs: 3 });
    expect(makespan).toMatchObject({ verdict: 'within', difference: { mean: 0, count: 2 } });
  });

  it('says that the host limits where it disturbed the runs, and shows the figures all the same', () => {
    const { makespan } = judged({
      threads: [1000, 5000],
      virtual: [1000, 1000],
      trust: ['trusted', 'doubtful'],
    });
    expect(makespan).toMatchObject({
      verdict: 'host',
      note: '1 of 2 runs on threads doubtful: It was late',
      difference: { count: 2 },
    });
  });

  it('says so where no link has a limit', () => {
    const { makespan } = judged({ threads: [10, 11], virtual: [null, null], isUnlimited: true });
    expect(makespan).toMatchObject({ verdict: 'host', note: 'no link has a limit' });
  });

  it('is in the unit of the figure where that is a share, and not judged', () => {
    const { waste } = judged({ threads: [10_000, 20_000], virtual: [10_000, 40_000] });
    expect(waste).toMatchObject({ unit: 'share', verdict: 'told' });
    expect(waste.difference!.mean).toBeCloseTo(0.01, 12);
  });
});
