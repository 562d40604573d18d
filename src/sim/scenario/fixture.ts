/** What tests of the scenario language share: chunk folders without a disk, and the mistakes of a text. */
import { ConfigError } from '../../core/errors.ts';
import { expand } from '../expand/expand.ts';
import type { Plan } from '../plan/plan.ts';
import { readScenarioFile } from './load.ts';
import { parseScenario, type ParseOptions } from './parse.ts';
import { ScenarioError } from './source/problems.ts';
import type { ChunkFolder, Scenario } from './language/scenario.ts';

/** The beginning of a scenario with four chunks. */
export const small = 'content: { generate: { size: 1MiB, chunk_size: 256KiB } }\n';

/** Three folders of four chunks, each chunk in two of them, and one that disagrees. */
export function readFolder(path: string): ChunkFolder {
  const held = { one: [1, 2, 3], two: [2, 3, 4], three: [1, 4], other: [1] }[path];
  if (held === undefined) throw new ConfigError(`${path}/local_chunks.txt: there is no such file`);
  return {
    path,
    totalChunks: path === 'other' ? 9 : 4,
    chunks: new Map(held.map((index) => [index, 100 * index])),
  };
}

/** Texts by path, for scenarios that name other files. */
export type Files = Readonly<Record<string, string>>;

export function parse(text: string, sets: readonly string[] = [], files: Files = {}): Scenario {
  const readText = (path: string): string => {
    const found = files[path];
    if (found === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
    return found;
  };
  return parseScenario(text, 'swarm.yaml', { readFolder, readText, sets });
}

export function planOf(text: string, sets: readonly string[] = [], files: Files = {}): Plan {
  return expand(parse(text, sets, files));
}

/** The message, with line breaks around it for inline snapshots. */
export function mistakesOf(text: string, sets: readonly string[] = [], files: Files = {}): string {
  try {
    parse(text, sets, files);
  } catch (error) {
    if (error instanceof ScenarioError) return `\n${error.message}\n`;
    throw error;
  }
  throw new Error('the text was accepted');
}

/** Each mistake as `line:column path: message; suggestion`. */
export function mistakeLines(text: string, sets: readonly string[] = [], files: Files = {}): string[] {
  try {
    parse(text, sets, files);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return error.problems.map(({ file, line, column, path, message, suggestion }) => {
      const place = `${file === 'swarm.yaml' ? '' : `${file}:`}${line}:${column}`;
      return `${place} ${path}: ${message}${suggestion === undefined ? '' : `; ${suggestion}`}`;
    });
  }
  throw new Error('the text was accepted');
}

/** Of a file. */
export function loadScenario(path: string, options: ParseOptions = {}): Scenario {
  return parseScenario(readScenarioFile(path), path, options);
}
