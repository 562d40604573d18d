/** For tests of a cluster: a folder, real servers, real programs, all of which are gone after each test. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, inject } from 'vitest';
import { readClusterAddress } from '../../src/sim/cluster/cluster-address.ts';
import { ClusterConnection } from '../../src/sim/cluster/connection.ts';
import { programOf, type Program } from '../../src/sim/cluster/program-id.ts';
import { readEnvironment } from '../../src/sim/environment.ts';
import { endAll } from './end-all.ts';
import { startNats, type TestServer } from './nats-server.ts';
import { RunningProgram } from './programs.ts';

export const SMALL = `# Is it the same everywhere?
content: { generate: { size: 256KiB, chunk_size: 16KiB } }
peers: { seeder: { holds: all, link: { up: 8Mbit/s } }, leechers: { count: 4, link: { up: 8Mbit/s, latency: 5ms } } }
engine: virtual
`;
/** Takes a second or two, and much longer where it is busy. */
const LONG = SMALL.replace('256KiB', '32MiB').replace('count: 4', 'count: 40');

export const ends: (() => unknown)[] = [];
/** Of the test, with small.yaml and long.yaml. */
export let folder: string;

/** To be called once in a file of tests. */
export function useClusterStage(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cluster-test-'));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'small.yaml'), SMALL);
    writeFileSync(join(folder, 'long.yaml'), LONG);
  });
  afterEach(async () => {
    await endAll(ends);
  });
}

export function start(program: 'sim' | 'agent', ...words: string[]): RunningProgram {
  return startIn({}, program, ...words);
}

function startIn(env: NodeJS.ProcessEnv, program: 'sim' | 'agent', ...words: string[]): RunningProgram {
  const running = new RunningProgram(inject('bundleFolder'), program, words, folder, env);
  running.showWhenTestFails();
  ends.push(() => running.destroy());
  return running;
}

export async function serverWith(config: string): Promise<TestServer & { readonly url: string }> {
  const server = await startNats(config);
  ends.push(() => server.end());
  return { ...server, url: `nats://127.0.0.1:${server.port}` };
}

export async function agentOf(
  url: string,
  name: string,
  env: NodeJS.ProcessEnv = {},
): Promise<RunningProgram> {
  const agent = startIn(env, 'agent', '--nats', url, '--name', name, '--lanes', '1');
  await agent.says(/is ready/);
  return agent;
}

export async function connectTo(url: string): Promise<ClusterConnection> {
  const connection = await ClusterConnection.open(readClusterAddress(url, {}, {}), {
    name: 'test',
    signal: new AbortController().signal,
  });
  ends.push(() => connection.close());
  return connection;
}

/** Of the experiment of small.yaml below a folder of reports: events of each run, and the table of all, by their paths. */
export function contentOf(out: string): Record<string, string> {
  const scenario = join(folder, out, 'small');
  const [experiment] = readdirSync(scenario);
  const files = readdirSync(join(scenario, experiment!), { recursive: true, encoding: 'utf8' });
  const wanted = files.filter((file) => /events\.jsonl$|experiment\.csv$/.test(file)).toSorted();
  return Object.fromEntries(
    wanted.map((file) => [file, readFileSync(join(scenario, experiment!, file), 'utf8')]),
  );
}

/** What the programs that `start` starts are. */
export function startedProgram(): Program {
  const { code } = JSON.parse(readFileSync(join(inject('bundleFolder'), 'code.json'), 'utf8')) as {
    code: string;
  };
  return { ...programOf(readEnvironment()), code };
}

export const passes = (count: number): RegExp => new RegExp(`(pass with seed[^]*){${count}}`);
