/** Reads back what a run or an experiment has saved. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { errnoOf } from '../../core/node/store/store-errors.ts';
import { readTextFile } from '../../core/node/store/text-file.ts';
import { RESULT_SCHEMA_VERSION, type RunResult } from '../result/result.ts';
import { digestRun } from './digest.ts';
import { EXPERIMENT_SCHEMA_VERSION, type Experiment } from './experiment.ts';
import { judgeRuns, summariseArms } from './summarise.ts';

const NAMES = ['experiment.json', 'result.json'] as const;

/**
 * A saved experiment, or a saved result as an experiment of one run.
 *
 * @param path experiment.json, result.json, or a folder with one of them
 * @throws {ConfigError} it is neither, or of another version
 */
export function loadSaved(path: string): Experiment {
  const { file, text } = readSaved(path);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
  if (isRecord(data) && data['kind'] === 'experiment' && Array.isArray(data['runs'])) {
    requireVersion(file, data['schemaVersion'], EXPERIMENT_SCHEMA_VERSION);
    return data as unknown as Experiment;
  }
  if (isRecord(data) && isRecord(data['verdict']) && isRecord(data['swarm']) && isRecord(data['plan'])) {
    requireVersion(file, data['schemaVersion'], RESULT_SCHEMA_VERSION);
    return experimentOfOne(data as unknown as RunResult);
  }
  throw new ConfigError(
    `${file} is not a saved run; give result.json, experiment.json or a folder that holds one of them`,
  );
}

function readSaved(path: string): { readonly file: string; readonly text: string } {
  const candidates = isFolder(path) ? NAMES.map((name) => join(path, name)) : [path];
  for (const file of candidates) {
    try {
      return { file, text: readTextFile(file) };
    } catch (cause) {
      const { cause: reason, message } = cause as Error;
      if (['ENOENT', 'ENOTDIR'].includes(errnoOf(reason) ?? '')) continue;
      throw new ConfigError(message, { cause });
    }
  }
  throw new ConfigError(`${path}: there is no ${candidates.length > 1 ? NAMES.join(' or ') : 'such file'}`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function requireVersion(file: string, found: unknown, expected: number): void {
  if (found === expected) return;
  throw new ConfigError(
    `${file} has schemaVersion ${String(found)}, but this program reads ${expected}; run it again`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function experimentOfOne(result: RunResult): Experiment {
  const runs = [digestRun(result, '.')];
  const arm = runs[0]!.arm;
  return {
    schemaVersion: EXPERIMENT_SCHEMA_VERSION,
    kind: 'experiment',
    scenario: result.scenario,
    seed: result.seed,
    engine: result.engine,
    environment: result.environment,
    startedAt: result.startedAt,
    repeats: 1,
    plannedRuns: 1,
    ending: result.ending === 'interrupted' ? 'interrupted' : 'completed',
    baseline: null,
    verdict: judgeRuns(runs),
    arms: summariseArms([{ name: arm, parameters: result.plan.variant?.parameters ?? {} }], runs, null),
    runs,
  };
}
