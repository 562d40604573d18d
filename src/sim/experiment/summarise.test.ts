import { describe, expect, it } from 'vitest';
import type { ExpectationFigures, Outcome } from '../result/result.ts';
import { experimentOfRuns, experimentRun } from './fixture.ts';
import { compareSamples } from './compare-arms.ts';
import { judgeRuns } from './summarise.ts';

const makespans = (arm: string, values: readonly (number | null)[]) =>
  values.map((makespan, at) => experimentRun(arm, at + 1, { makespan }));

function figureOf(arm: string, experiment: ReturnType<typeof experimentOfRuns>) {
  return experiment.arms.find(({ name }) => name === arm)!.figures[0]!;
}

describe('an arm', () => {
  it('has the mean of its runs with Student’s interval', () => {
    const { summary } = figureOf('a', experimentOfRuns(makespans('a', [9, 10, 11])));
    // sd = 1, n = 3, t(2) = 4.3027.
    expect(summary).toMatchObject({ count: 3, mean: 10, sd: 1, min: 9, max: 11 });
    expect(summary!.ci95).toBeCloseTo(4.3027 / Math.sqrt(3), 4);
  });

  it('is compared with the baseline by Welch’s interval, and less time is better', () => {
    const runs = [...makespans('base', [20, 21, 22]), ...makespans('b', [10, 11, 12])];
    const experiment = experimentOfRuns(runs, { baseline: 'base' });
    expect(figureOf('base', experiment).against).toBeNull();
    const { difference, share, statement } = figureOf('b', experiment).against!;
    // Difference −10, standard error √(2/3), 4 degrees of freedom, t = 2.7764.
    expect(difference!.estimate).toBe(-10);
    expect(difference!.low).toBeCloseTo(-10 - 2.7764 * Math.sqrt(2 / 3), 3);
    expect(difference!.high).toBeCloseTo(-10 + 2.7764 * Math.sqrt(2 / 3), 3);
    expect(share).toBeCloseTo(-10 / 21, 12);
    expect(statement).toBe('better');
  });

  it('leaves out runs that were interrupted, and counts the others by verdict', () => {
    const runs = [
      experimentRun('a', 1, { makespan: 10 }),
      experimentRun('a', 2, { makespan: null }, { outcome: 'fail', because: 'swarm', trust: 'doubtful' }),
      experimentRun('a', 3, { makespan: null }, { ending: 'interrupted', outcome: 'inconclusive' }),
    ];
    expect(experimentOfRuns(runs).arms[0]).toMatchObject({
      runs: 2,
      outcomes: { pass: 1, fail: 1, inconclusive: 0 },
      trust: { trusted: 1, doubtful: 1, untrusted: 0 },
      figures: [{ summary: { count: 1, mean: 10 } }],
    });
  });
});

describe('a comparison', () => {
  const statements = (...parameters: Parameters<typeof compareSamples>) =>
    compareSamples(...parameters).map(({ statement }) => statement);

  it('says better, worse, or that no difference is shown', () => {
    const base = [10, 11, 12];
    const others = [
      [20, 21, 22],
      [1, 2, 3],
      [10, 12, 11],
    ];
    expect(statements('higher', base, others)).toEqual(['better', 'worse', 'no difference shown']);
    expect(statements('lower', base, others)).toEqual(['worse', 'better', 'no difference shown']);
    expect(statements('neither', base, others)).toEqual(['higher', 'lower', 'no difference shown']);
  });

  it('asks more where more arms are compared at once', () => {
    // Difference 4 with standard error 1.1547 and 4 degrees of freedom: p = 0.026.
    const one = [[13, 14.4142, 15.8284]];
    const base = [9, 10.4142, 11.8284];
    expect(compareSamples('higher', base, one)[0]!.difference!.low).toBeGreaterThan(0);
    expect(statements('higher', base, one)).toEqual(['better']);
    const noise = [base, base, base];
    expect(statements('higher', base, [...one, ...noise])[0]).toBe('no difference shown');
  });

  it('says nothing from one run a side', () => {
    expect(compareSamples('higher', [1], [[2]])).toEqual([
      {
        difference: null,
        share: null,
        statement: 'inconclusive',
        note: expect.stringContaining('scatter') as string,
      },
    ]);
  });

  it('says nothing from the survivors when a run has no figure', () => {
    const [against] = compareSamples('lower', [20, 21, 22], [[1, 2, null]]);
    expect(against).toMatchObject({
      difference: null,
      statement: 'inconclusive',
      note: '1 of 6 runs have no such figure',
    });
  });
});

describe('a threshold over the repeats of an arm', () => {
  const expectation = (outcome: Outcome, measured: number | null): ExpectationFigures => ({
    text: 'waste < 2%',
    metric: 'waste',
    unit: 'share',
    measured,
    outcome,
    note: '',
  });
  const over = (...outcomes: readonly Outcome[]) =>
    experimentOfRuns(
      outcomes.map((outcome, at) =>
        experimentRun(
          'a',
          at + 1,
          {},
          { expectations: [expectation(outcome, outcome === 'inconclusive' ? null : 0.01)] },
        ),
      ),
    ).arms[0]!.expectations;

  it('passes when it holds in every repeat', () => {
    expect(over('pass', 'pass')).toEqual([
      { text: 'waste < 2%', metric: 'waste', unit: 'share', outcome: 'pass', measured: [0.01, 0.01] },
    ]);
  });

  it('is missed when it is missed in one, and else inconclusive when one has no data', () => {
    expect(over('pass', 'fail', 'inconclusive')[0]!.outcome).toBe('fail');
    expect(over('pass', 'inconclusive')[0]).toMatchObject({
      outcome: 'inconclusive',
      measured: [0.01, null],
    });
  });
});

describe('the verdict over all runs', () => {
  it('is that of the worst: an incomplete swarm, then a run given up, a missed threshold, missing data', () => {
    const quiet = { trust: 'trusted', cause: null, remedy: null } as const;
    const pass = { outcome: 'pass', because: null, ...quiet } as const;
    const data = { outcome: 'inconclusive', because: 'data', ...quiet } as const;
    const missed = { outcome: 'fail', because: 'expectations', ...quiet } as const;
    const aborted = { outcome: 'fail', because: 'aborted', ...quiet } as const;
    const broken = { outcome: 'fail', because: 'swarm', ...quiet } as const;
    expect(judgeRuns([pass, pass])).toEqual(pass);
    expect(judgeRuns([pass, data])).toEqual(data);
    // Whose other runs could not be carried out is not known to pass.
    expect(judgeRuns([pass], 'failed')).toMatchObject({ outcome: 'inconclusive', because: 'data' });
    expect(judgeRuns([pass], 'interrupted')).toEqual(pass);
    expect(judgeRuns([missed, data])).toEqual(missed);
    expect(judgeRuns([missed, aborted])).toEqual(aborted);
    expect(judgeRuns([missed, aborted, broken])).toEqual(broken);
    const untrusted = { ...data, trust: 'untrusted', cause: 'threads were late', remedy: 'wait' } as const;
    expect(judgeRuns([{ ...pass, trust: 'doubtful' }, untrusted])).toEqual(untrusted);
    expect(judgeRuns([])).toEqual(data);
  });
});
