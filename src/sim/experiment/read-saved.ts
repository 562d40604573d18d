/** The text of a saved run or experiment: which file it is, and that this program reads it. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { errnoOf } from '../../core/node/store/store-errors.ts';
import { readTextFile } from '../../core/node/store/text-file.ts';
import { RESULT_SCHEMA_VERSION, type RunResult } from '../result/result.ts';
import { EXPERIMENT_SCHEMA_VERSION, type Experiment } from './experiment.ts';
import { experimentShape, requireShape, resultShape } from './saved-shape.ts';

const EXPERIMENT = 'experiment.json';
const RESULT = 'result.json';

/** What was saved in one file. */
export type Saved =
  | { readonly kind: 'run'; readonly file: string; readonly result: RunResult }
  | { readonly kind: 'experiment'; readonly file: string; readonly experiment: Experiment };

/**
 * Reads a saved run or experiment, or a folder of runs.
 *
 * @param path experiment.json, result.json, a folder with one of them, or a folder of folders with a result.json
 * @returns one, or the runs of the folder in order of their names
 * @throws {ConfigError} it is neither, of another version, or there is nothing in it
 */
export function readSaved(path: string): Saved | readonly Extract<Saved, { readonly kind: 'run' }>[] {
  const file = isFolder(path) ? [EXPERIMENT, RESULT].map((name) => join(path, name)).find(isThere) : path;
  return file === undefined ? readFolder(path) : readOne(file);
}

/** Whether there is something at this path that may be a saved run, so that a mistake in it is told as one. */
export function isSaved(path: string): boolean {
  if (!isFolder(path)) return isThere(path);
  return holdsSaved(path) || namesOfFolders(path).some((name) => holdsSaved(join(path, name)));
}

function holdsSaved(folder: string): boolean {
  return [EXPERIMENT, RESULT].some((name) => isThere(join(folder, name)));
}

/** A link, such as latest, shows what is there already. */
function namesOfFolders(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
}

function readFolder(path: string): Extract<Saved, { readonly kind: 'run' }>[] {
  const names = namesOfFolders(path);
  const runs = names.filter((name) => isThere(join(path, name, RESULT)));
  const experiments = names.filter((name) => isThere(join(path, name, EXPERIMENT)));
  if (experiments.length > 0) {
    const has = [
      counted(experiments.length, 'experiment'),
      ...(runs.length > 0 ? [counted(runs.length, 'run')] : []),
    ];
    throw new ConfigError(
      `${path} holds ${has.join(' and ')}; give one of them, for example ${join(path, experiments.at(-1)!)}`,
    );
  }
  if (runs.length === 0) throw new ConfigError(`${path}: ${nothingThere(path, names)}`);
  return runs.map((name) => {
    const saved = readOne(join(path, name, RESULT));
    if (saved.kind === 'run') return saved;
    throw new ConfigError(`${saved.file} is an experiment, not the result of a run`);
  });
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function nothingThere(path: string, folders: readonly string[]): string {
  if (readdirSync(path).length === 0) return 'the folder is empty; give a folder that a run has written';
  const below = folders.find((name) => isSaved(join(path, name)));
  const hint = below === undefined ? '' : `; there is something in ${join(path, below)}`;
  return `there is no ${EXPERIMENT}, no ${RESULT} and no folder of a run${hint}`;
}

function readOne(file: string): Saved {
  const data = parsed(file, textOf(file));
  if (isRecord(data) && data['kind'] === 'experiment' && Array.isArray(data['runs'])) {
    requireVersion(file, data, EXPERIMENT_SCHEMA_VERSION);
    requireShape(file, experimentShape, data);
    return { kind: 'experiment', file, experiment: data as unknown as Experiment };
  }
  if (isRecord(data) && ['verdict', 'swarm', 'plan'].every((key) => isRecord(data[key]))) {
    requireVersion(file, data, RESULT_SCHEMA_VERSION);
    requireShape(file, resultShape, data);
    return { kind: 'run', file, result: data as unknown as RunResult };
  }
  throw new ConfigError(
    `${file} is not a saved run; give ${RESULT}, ${EXPERIMENT} or a folder that holds one of them`,
  );
}

function textOf(file: string): string {
  try {
    return readTextFile(file);
  } catch (cause) {
    const { cause: reason, message } = cause as Error;
    const isMissing = ['ENOENT', 'ENOTDIR'].includes(errnoOf(reason) ?? '');
    throw new ConfigError(isMissing ? `${file}: there is no such file or folder` : message, { cause });
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

function requireVersion(file: string, data: Readonly<Record<string, unknown>>, expected: number): void {
  const found = data['schemaVersion'];
  if (found === expected) return;
  const { environment } = data;
  const { version, commit } = isRecord(environment) ? environment : {};
  const writer = [
    ...(typeof version === 'string' ? [`swarm-lab ${version}`] : []),
    ...(typeof commit === 'string' ? [`commit ${commit}`] : []),
  ].join(', ');
  throw new ConfigError(
    `${file} has schemaVersion ${String(found)}, but this program reads ${expected}; run it again` +
      (writer === '' ? '' : `, or read it with what wrote it: ${writer}`),
  );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
