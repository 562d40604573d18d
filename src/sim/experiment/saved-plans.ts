/** The plans of saved runs, to be run again. */
import { dirname, join } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { readTextFile } from '../../core/node/store/text-file.ts';
import type { Plan } from '../plan/plan.ts';
import { parsePlan } from '../saved-plan/parse-plan.ts';
import { readSaved } from './read-saved.ts';

/**
 * The plans of a saved run, of the repeats of an experiment of one arm, or of a folder of runs, in order.
 *
 * @throws {ConfigError} they cannot be read, or are those of several arms
 */
export function savedPlans(path: string): Plan[] {
  return planFilesOf(path).map((file) => {
    try {
      return parsePlan(readTextFile(file), file);
    } catch (cause) {
      if (cause instanceof ConfigError) throw cause;
      throw new ConfigError((cause as Error).message, { cause });
    }
  });
}

function planFilesOf(path: string): string[] {
  const saved = readSaved(path);
  if (!('kind' in saved)) return saved.map(({ file }) => planBeside(file));
  if (saved.kind === 'run') return [planBeside(saved.file)];
  const { arms, runs } = saved.experiment;
  if (arms.length > 1) {
    throw new ConfigError(
      `${path} has ${arms.length} arms, but the scenario can be compared with one; give a run, or an experiment of one arm`,
    );
  }
  return runs
    .toSorted((a, b) => a.repeat - b.repeat)
    .map(({ folder }) => join(dirname(saved.file), folder, 'plan.json'));
}

function planBeside(file: string): string {
  return join(dirname(file), 'plan.json');
}
