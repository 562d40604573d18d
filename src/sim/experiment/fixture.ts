/** Hand-made runs of an experiment, for tests of summaries and renderers. */
import { testEnvironment } from '../measure/fixture.ts';
import { EXPERIMENT_SCHEMA_VERSION, type Experiment, type ExperimentRun } from './experiment.ts';
import { judgeRuns, summariseArms } from './summarise.ts';

export function experimentRun(
  arm: string,
  repeat: number,
  figures: ExperimentRun['figures'],
  changes: Partial<ExperimentRun> = {},
): ExperimentRun {
  return {
    arm,
    repeat,
    seed: repeat === 1 ? '7' : `7#${repeat}`,
    folder: `${arm}-${repeat}`,
    startedAt: '2026-01-02T03:04:05.678Z',
    ending: 'completed',
    outcome: 'pass',
    because: null,
    reasons: [],
    trust: 'trusted',
    cause: null,
    remedy: null,
    warnings: [],
    expectations: [],
    figures,
    planHash: `${arm}/${repeat}`,
    ...changes,
  };
}

/** Arms in the order of their first runs. */
export function experimentOfRuns(
  runs: readonly ExperimentRun[],
  changes: Partial<Experiment> = {},
): Experiment {
  const names = [...new Set(runs.map(({ arm }) => arm))];
  const baseline = changes.baseline ?? null;
  return {
    schemaVersion: EXPERIMENT_SCHEMA_VERSION,
    kind: 'experiment',
    scenario: { name: 'fixture', description: 'Which is faster?' },
    seed: '7',
    engine: 'threads',
    environment: testEnvironment,
    startedAt: '2026-01-02T03:04:05.678Z',
    repeats: Math.max(...runs.map(({ repeat }) => repeat)),
    plannedRuns: runs.length,
    ending: 'completed',
    verdict: judgeRuns(runs),
    arms: summariseArms(
      names.map((name) => ({ name, parameters: { picker: name } })),
      runs,
      baseline,
    ),
    runs,
    ...changes,
    baseline,
  };
}
