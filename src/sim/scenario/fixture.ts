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

/** Peers of every kind. */
export const everyPeer = parseScenario(
  `description: Everything at once.
content: { generate: { size: 1MiB, chunk_size: 128KiB } }
engine: { peers_per_worker: 2 }
peers:
  seeder: { holds: all, link: { up: 1Gbit/s, latency: 20ms, jitter: { exponential: { mean: 2ms } } } }
  some: { count: 2, holds: [1, 3-5], link: { down: 512kbit/s }, session: { leave: { after: 1.5s, how: crash }, return: { after: 1s, keep_chunks: false } } }
  spec: { protocol: spec, session: { leave: { after: 1s, from: completion } } }
  back: { session: { leave: { after: 1s, from: completion }, return: { after: 500ms, keep_chunks: false, times: 2 } } }
`,
  'all.yaml',
);

/** Everything that can be done to a swarm. */
export const eventful = parseScenario(
  `content: { generate: { size: 1MiB, chunk_size: 128KiB } }
regions: { delays: { here: { there: 40ms } } }
peers:
  seeder: { holds: all, region: here, link: { up: 1MB/s, loss: { probability: 1% }, window: { bytes: 64KiB, slow_start: true } } }
  g: { count: 4, region: there, link: { changes: [{ at: 2s, over: 1s, down: 1MB/s, latency: 5ms }, { at: 9s, latency: 0ms }], down: 2MB/s } }
faults:
  - { at: 1s, crash: { peers: g, count: 2, return_after: 3s, keep_chunks: false } }
  - { when: completed(g) >= 50%, delay: 1s, for: 2s, partition: { sides: [here + tracker, there] } }
  - { name: noise, at: 1s, for: 1s, every: 5s, times: 3, latency_spike: { peers: g/1-2 + g/4, add: 50ms } }
  - { free_ride: g/2 }
  - { at: 2s, tracker_down: { forgets: true } }
  - { at: 2s, reset: { peers: seeder, probability: 50% } }
  - { slow_down: { peers: seeder, factor: 0.5 } }
  - { corrupt: { peers: g/3, probability: 5% } }
  - { slow_disk: { peers: g/3, rate: 100kB/s } }
expect: [(there).completion.p95 < 30s]
abort_on: [availability < 1]
`,
  'eventful.yaml',
);
