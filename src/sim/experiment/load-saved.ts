/** What runs or experiments have saved, each as an experiment. */
import { dirname } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import type { RunResult } from '../result/result.ts';
import { digestRun } from './digest.ts';
import { EXPERIMENT_SCHEMA_VERSION, type Experiment, type ExperimentRun } from './experiment.ts';
import { readSaved } from './read-saved.ts';
import { judgeRuns, summariseArms } from './summarise.ts';

/**
 * A saved experiment, a saved result as an experiment of one run, or a folder of runs as one of repeats.
 *
 * @param path experiment.json, result.json, a folder with one of them, or a folder of folders with a result.json
 * @throws {ConfigError} it is neither, of another version, empty, or its runs are of several scenarios
 */
export function loadSaved(path: string): Experiment {
  const saved = readSaved(path);
  if ('kind' in saved) return saved.kind === 'experiment' ? saved.experiment : experimentOf([saved]);
  const [first, ...rest] = saved;
  const other = rest.find(({ result }) => result.scenario.name !== first!.result.scenario.name);
  if (other !== undefined) {
    const names = [first!, other].map(({ result }) => result.scenario.name).join(' and ');
    throw new ConfigError(
      `${path} has runs of several scenarios, such as ${names}; give a folder with runs of one scenario`,
    );
  }
  return experimentOf(saved);
}

/** @param saved at least one run, all of one scenario */
export function experimentOf(
  saved: readonly { readonly file: string; readonly result: RunResult }[],
): Experiment {
  const results = saved.map(({ result }) => result);
  const first = results[0]!;
  const runs = numbered(saved.map(({ file, result }) => digestRun(result, dirname(file))));
  const parametersOf = new Map(
    results.map(({ plan }, at) => [runs[at]!.arm, plan.variant?.parameters ?? {}] as const),
  );
  const arms = [...parametersOf].map(([name, parameters]) => ({ name, parameters }));
  const engines = new Set(results.map(({ engine }) => engine));
  return {
    schemaVersion: EXPERIMENT_SCHEMA_VERSION,
    kind: 'experiment',
    scenario: first.scenario,
    seed: first.seed,
    engine: engines.size > 1 ? 'both' : first.engine,
    environment: first.environment,
    startedAt: first.startedAt,
    repeats: Math.max(...runs.map(({ repeat }) => repeat)),
    plannedRuns: runs.length,
    ending: runs.some(({ ending }) => ending === 'interrupted') ? 'interrupted' : 'completed',
    baseline: null,
    verdict: judgeRuns(runs),
    arms: summariseArms(arms, runs, null),
    runs,
  };
}

/** The runs of an arm are its repeats, as they were given. */
function numbered(runs: readonly ExperimentRun[]): ExperimentRun[] {
  const counts = new Map<string, number>();
  return runs.map((run) => {
    const repeat = (counts.get(run.arm) ?? 0) + 1;
    counts.set(run.arm, repeat);
    return { ...run, repeat };
  });
}
