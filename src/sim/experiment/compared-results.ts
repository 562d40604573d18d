/** The results of the runs that are compared: what a comparison keeps of each is not enough for a curve. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunResult } from '../result/result.ts';
import type { Experiment, ExperimentRun } from './experiment.ts';
import { readSaved } from './read-saved.ts';

/** The result of a run, and what it is of. */
export interface ComparedResult {
  /** Position among the sides, the base first. */
  readonly side: number;
  readonly arm: string;
  readonly repeat: number;
  readonly result: RunResult;
}

/**
 * Those of one side, in the order of its runs. A run whose folder is gone is left out.
 *
 * @param source where the runs are: a folder, or a file in it
 * @throws {ConfigError} a result is there and cannot be read
 */
export function resultsOf(source: string, { runs }: Experiment, side: number): ComparedResult[] {
  return runs.flatMap((run) => {
    if (run.ending === 'interrupted') return [];
    const result = resultOf(source, run);
    return result === undefined ? [] : [{ side, arm: run.arm, repeat: run.repeat, result }];
  });
}

/** @throws {ConfigError} as `resultsOf` */
export function resultOf(source: string, { folder }: ExperimentRun): RunResult | undefined {
  const base = statSync(source).isDirectory() ? source : dirname(source);
  // Of an experiment it is relative to that; else it is where the run was found.
  const file = [join(base, folder), folder]
    .map((place) => join(place, 'result.json'))
    .find((place) => existsSync(place));
  const saved = file === undefined ? undefined : readSaved(file);
  return saved === undefined || !('result' in saved) ? undefined : saved.result;
}
