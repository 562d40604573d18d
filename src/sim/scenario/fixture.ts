/** What tests of the scenario language share: chunk folders without a disk, and the mistakes of a text. */
import { ConfigError } from '../../core/errors.ts';
import { parseScenario } from './parse.ts';
import { ScenarioError } from './problems.ts';
import type { ChunkFolder, Scenario } from './scenario.ts';

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

export function parse(text: string, sets: readonly string[] = []): Scenario {
  return parseScenario(text, 'swarm.yaml', { readFolder, sets });
}

/** The message, with line breaks around it for inline snapshots. */
export function mistakesOf(text: string, sets: readonly string[] = []): string {
  try {
    parse(text, sets);
  } catch (error) {
    if (error instanceof ScenarioError) return `\n${error.message}\n`;
    throw error;
  }
  throw new Error('the text was accepted');
}
