import { expect, it } from 'vitest';
import { EngineError } from '../../core/errors.ts';
import { smallSwarm, testEnvironment, measure } from '../measure/fixture.ts';
import type { RunRecord } from '../engines/engine.ts';
import type { Plan } from '../plan/plan.ts';
import type { Design } from './design.ts';
import { runExperiment } from './run-experiment.ts';

const { plan, record } = smallSwarm();

/** Two arms, two repeats. */
function design(): Design {
  const planned = (arm: string, repeat: number): Plan => ({
    ...plan,
    seed: `${repeat}`,
    variant: { arm, parameters: { picker: arm }, repeat },
  });
  return {
    scenario: plan.scenario,
    seed: '1',
    repeats: { least: 2, most: 2, until: null },
    arms: ['a', 'b'].map((name) => ({ name, parameters: { picker: name } })),
    baseline: 'a',
    plans: [planned('b', 1), planned('a', 1), planned('a', 2), planned('b', 2)],
  };
}

function start(
  run: (one: Plan, name: string, position: number) => Partial<RunRecord>,
  signal = new AbortController().signal,
  planned = design(),
) {
  return runExperiment(planned, {
    environment: testEnvironment,
    startedAt: '2026-01-02T03:04:05.678Z',
    signal,
    // As an engine does: what fails rejects.
    run: (one, name, position) =>
      Promise.resolve().then(() => {
        const changes = run(one, name, position);
        return { result: measure(one, { ...record, ...changes }, testEnvironment), folder: `x/${name}` };
      }),
  });
}

it('runs the plans one after another in their order, and names their reports by it', async () => {
  const names: string[] = [];
  const { experiment, failure } = await start((_, name) => {
    names.push(name);
    return {};
  });
  expect(names).toEqual(['1-b-1', '2-a-1', '3-a-2', '4-b-2']);
  expect(failure).toBeUndefined();
  expect(experiment).toMatchObject({ ending: 'completed', plannedRuns: 4, verdict: { outcome: 'pass' } });
  expect(experiment.runs.map(({ folder }) => folder)).toEqual(names);
  expect(experiment.arms.map(({ name, runs }) => [name, runs])).toEqual([
    ['a', 2],
    ['b', 2],
  ]);
});

it('repeats in whole rounds until the figure is known well enough in every arm', async () => {
  const plans = [1, 2, 3, 4, 5].flatMap((repeat) =>
    ['a', 'b'].map((arm) => ({ ...plan, variant: { arm, parameters: { picker: arm }, repeat } })),
  );
  const adaptive = { least: 3, most: 5, until: { metric: 'elapsed', share: 0.05 } };
  const runs = (spread: number) =>
    start((one) => ({ elapsedMs: 10_000 + spread * one.variant!.repeat }), undefined, {
      ...design(),
      repeats: adaptive,
      plans,
    });
  const { experiment: steady } = await runs(1);
  expect(steady).toMatchObject({ ending: 'completed', repeats: 3, plannedRuns: 6 });
  expect(steady.runs).toHaveLength(6);
  expect(steady.precision).toMatchObject({ metric: 'elapsed', share: 0.05, most: 5 });
  expect(steady.precision!.reachedShare).toBeLessThan(0.05);
  const { experiment: restless } = await runs(1000);
  expect(restless).toMatchObject({ ending: 'completed', repeats: 5, plannedRuns: 10 });
  expect(restless.precision!.reachedShare).toBeGreaterThan(0.05);
});

it('stops when it is interrupted, and reports what was measured', async () => {
  const controller = new AbortController();
  const { experiment } = await start((_, __, position) => {
    if (position < 2) return {};
    controller.abort();
    return { ending: 'interrupted' };
  }, controller.signal);
  expect(experiment).toMatchObject({ ending: 'interrupted', plannedRuns: 4 });
  expect(experiment.runs).toHaveLength(3);
  expect(experiment.arms.map(({ runs }) => runs)).toEqual([1, 1]);
  expect(experiment.runs[2]!.figures['waste']).toBeNull();
});

it('keeps what was measured before a run that could not be carried out', async () => {
  const { experiment, failure } = await start((_, __, position) => {
    if (position === 2) throw new EngineError('a worker died');
    return {};
  });
  expect(failure?.message).toBe('a worker died');
  expect(experiment).toMatchObject({ ending: 'failed' });
  expect(experiment.runs).toHaveLength(2);
});

it('has no figures of a run that was given up', async () => {
  const { experiment } = await start(() => ({ ending: 'aborted', abortedBy: 'elapsed > 1s' }));
  expect(experiment.verdict).toMatchObject({ outcome: 'fail', because: 'aborted' });
  expect(
    experiment.runs.every(({ figures }) => Object.values(figures).every((value) => value === null)),
  ).toBe(true);
});
