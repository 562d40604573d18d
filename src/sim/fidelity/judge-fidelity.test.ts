import { describe, expect, it } from 'vitest';
import { experimentOfRuns, experimentRun } from '../experiment/fixture.ts';
import type { ExperimentRun } from '../experiment/experiment.ts';
import type { FidelityFigure } from './fidelity.ts';
import { judgeFidelity } from './judge-fidelity.ts';

type Times = readonly (number | null)[];

type Host = 'trusted' | 'busy' | 'late';

const BUSY = 'The machine was busy before the run: load 3.00 a core (above 0.70).';

function trustOf(host: Host): Pick<ExperimentRun, 'trust' | 'warnings'> {
  if (host === 'trusted') return { trust: 'trusted', warnings: [] };
  return { trust: 'doubtful', warnings: host === 'busy' ? [BUSY] : [BUSY, 'It was late.'] };
}

interface Case {
  readonly threads: Times;
  readonly virtual: Times;
  readonly trust?: readonly Host[];
  readonly isUnlimited?: boolean;
}

/** One arm; makespan and median are the same, repeat by repeat. */
function judged({ threads, virtual, trust = [], isUnlimited = false }: Case) {
  const figures = (ms: number | null) => ({ makespan: ms, 'completion.median': ms, waste: (ms ?? 0) / 1e6 });
  const runs = [
    ...threads.map((ms, at) =>
      experimentRun('a, threads', at + 1, figures(ms), {
        ...trustOf(trust[at] ?? 'trusted'),
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
    expect(arm).toMatchObject({ verdict: 'within', pairs: 3, undisturbed: 3 });
  });

  it('is within the tolerance when its mean is, and it is known as exactly as that', () => {
    const { makespan } = judged({ threads: [1000, 1000, 1000], virtual: [950, 960, 970] });
    expect(makespan).toMatchObject({ verdict: 'within', note: '' });
  });

  it('differs when its mean is beyond the tolerance, though its interval reaches into it', () => {
    const { makespan } = judged({ threads: [1000, 1000, 1000], virtual: [940, 945, 957] });
    expect(makespan).toMatchObject({
      verdict: 'differs',
      note: 'by more than 5 %, which the interval includes',
    });
  });

  it('differs when its whole interval is beyond the tolerance', () => {
    const { makespan, arm } = judged({ threads: [1000, 1000, 1000], virtual: [895, 900, 905] });
    expect(makespan).toMatchObject({ verdict: 'differs', note: 'by more than 5 %' });
    expect(arm.verdict).toBe('differs');
  });

  it.each([
    ['the repeats scatter more', [1000, 1000, 1000], [960, 1000, 1040], 'scatter by more than 5 %'],
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
      trust: ['trusted', 'trusted', 'late'],
    });
    expect(arm).toMatchObject({ undisturbed: 2, pairs: 3 });
    expect(makespan).toMatchObject({ verdict: 'within', difference: { mean: 0, count: 2 } });
  });

  it('says that the host limits where it disturbed the runs, and shows the figures all the same', () => {
    const { makespan } = judged({
      threads: [1000, 5000],
      virtual: [1000, 1000],
      trust: ['trusted', 'late'],
    });
    expect(makespan).toMatchObject({
      verdict: 'host',
      note: 'the machine disturbed 1 of 2 runs on threads: It was late',
      difference: { count: 2 },
    });
  });

  it('takes a run for undisturbed when the machine was busy before it, but nothing came late', () => {
    const { arm } = judged({ threads: [1000, 1000], virtual: [1000, 1000], trust: ['busy', 'busy'] });
    expect(arm).toMatchObject({ verdict: 'within', undisturbed: 2 });
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
