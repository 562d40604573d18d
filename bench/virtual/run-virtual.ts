/** What is compared is measured in turns, so that a busy minute of the host meets all of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageFolder } from '../../src/sim/shipped/shipped-files.ts';
import { hostWarnings, probeHost } from '../host.ts';
import type { BenchResult, CostResult, DurationResult, HostShare, RatioResult } from '../report/report.ts';
import { durationResult } from '../report/duration.ts';
import { meanInterval, pairedRatio } from '../statistics.ts';
import {
  GOALS,
  type CostCase,
  type LinksCase,
  type ProgramCase,
  type QueueCase,
  type VirtualCase,
  type VirtualSize,
} from './cases.ts';
import { runTask, timeOf } from './processes.ts';
import type { VirtualSample } from './virtual-task.ts';

/** Links that take turns need most of a minute. */
const LINKS_RUNS_MAX = 2;
/** A thousand runs, twice, need a minute; on a shared machine the interval of a few rounds says nothing. */
const QUEUE_RUNS_MAX = 8;

export interface VirtualRun {
  /** The bundled virtual-worker.ts. */
  readonly workerFile: URL;
  readonly repeats: number;
  readonly signal: AbortSignal;
}

/** @throws {EngineError} a swarm did not complete: then there is no figure */
export async function runVirtual(benchmark: VirtualCase, run: VirtualRun): Promise<readonly BenchResult[]> {
  switch (benchmark.kind) {
    case 'cost':
      return runCost(benchmark, run);
    case 'links':
      return [await runLinks(benchmark, run)];
    case 'program':
      return [await runProgram(benchmark, run)];
    case 'queue':
      return [await runQueue(benchmark, run)];
  }
}

async function runCost({ name, sizes, cutMs }: CostCase, run: VirtualRun): Promise<BenchResult[]> {
  const probe = probeHost();
  const samples: VirtualSample[][] = sizes.map(() => []);
  for (let repeat = 1; repeat <= (cutMs === undefined ? run.repeats : 1); repeat++) {
    for (const [at, size] of sizes.entries()) {
      const cut = cutMs === undefined ? {} : { cutMs };
      const task = { size, seed: `bench/${repeat}`, links: 'fluid', ...cut } as const;
      samples[at]!.push(await runTask(run.workerFile, task, run.signal));
    }
  }
  const about = hostOf(probe.read());
  const costs = sizes.map((size, at) => costOf(name, size, samples[at]!, about));
  const [first, last] = [costs[0]!, costs.at(-1)!];
  const growth: RatioResult = {
    kind: 'ratio',
    name: 'virtual time: growth of the cost of a chunk',
    what: `${last.peers} / ${first.peers} peers`,
    ...ratioOf(last.chunkMs, first.chunkMs),
    goal: { is: 'at most', value: GOALS.growth },
    ...about,
  };
  return [...costs, growth];
}

function costOf(
  name: string,
  size: VirtualSize,
  samples: readonly VirtualSample[],
  about: ReturnType<typeof hostOf>,
): CostResult {
  const { peers, chunks } = size;
  const chunkMs = samples.map(({ processorMs, delivered }) => processorMs / Math.max(1, delivered));
  const share = Math.min(...samples.map(({ delivered, deliveries }) => delivered / deliveries));
  return {
    kind: 'cost',
    name: `${name}, ${peers} peers, ${chunks} chunks`,
    peers,
    chunks,
    chunkMs,
    interval: meanInterval(chunkMs),
    memoryBytes: samples.map(({ memoryBytes }) => memoryBytes),
    ...(share < 1 && { share }),
    goalMs: size.goalMs ?? GOALS.chunkMs,
    ...about,
  };
}

async function runLinks({ name, size }: LinksCase, run: VirtualRun): Promise<RatioResult> {
  const probe = probeHost();
  const ms = { turns: [] as number[], fluid: [] as number[] };
  for (let repeat = 1; repeat <= Math.min(run.repeats, LINKS_RUNS_MAX); repeat++) {
    for (const links of ['turns', 'fluid'] as const) {
      const task = { size, seed: `bench/${repeat}`, links };
      ms[links].push((await runTask(run.workerFile, task, run.signal)).processorMs);
    }
  }
  return {
    kind: 'ratio',
    name,
    what: `processor time, ${size.peers} peers, ${size.chunks} chunks`,
    ...ratioOf(ms.turns, ms.fluid),
    goal: { is: 'at least', value: GOALS.linksRatio },
    ...hostOf(probe.read()),
  };
}

/** The first start, which may have to bundle the source, is not counted. */
async function runProgram({ name, scenario }: ProgramCase, run: VirtualRun): Promise<DurationResult> {
  const folder = mkdtempSync(join(tmpdir(), 'swarm-lab-bench-'));
  const launcher = join(packageFolder(), 'scripts', 'launch.mjs');
  const argv = [launcher, 'sim', scenario, '--engine', 'virtual', '--out', folder];
  const valuesMs: number[] = [];
  try {
    await timeOf(argv, folder, run.signal);
    const probe = probeHost();
    for (let repeat = 1; repeat <= run.repeats; repeat++)
      valuesMs.push(await timeOf(argv, folder, run.signal));
    const what = 'from start to end of the program';
    return durationResult({ name, what, goalMs: GOALS.programMs, valuesMs }, probe.read());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const SMALL_RUN = `content: { generate: { size: 256KiB, chunk_size: 16KiB } }
peers: { seeder: { holds: all, link: { up: 8Mbit/s } }, leechers: { count: 4, link: { up: 8Mbit/s, latency: 5ms } } }
engine: virtual
`;

/** Whole commands, with the start of server and agents, in turns. */
async function runQueue({ name, runs, agents }: QueueCase, run: VirtualRun): Promise<RatioResult> {
  const folder = mkdtempSync(join(tmpdir(), 'swarm-lab-bench-'));
  writeFileSync(join(folder, 'small.yaml'), SMALL_RUN);
  const launcher = join(packageFolder(), 'scripts', 'launch.mjs');
  const ways = {
    alone: [],
    queue: ['--cluster', 'embedded', '--agents', String(agents)],
  } as const;
  const ms: Record<keyof typeof ways, number[]> = { alone: [], queue: [] };
  const measure = async (way: keyof typeof ways, repeats: number): Promise<number> => {
    const argv = [launcher, 'sim', 'small.yaml', '--repeat', String(repeats), '--quiet', ...ways[way]];
    const tookMs = await timeOf(argv, folder, run.signal);
    // Else the disk still writes them while the other way is measured.
    rmSync(join(folder, 'reports'), { recursive: true, force: true });
    return tookMs;
  };
  try {
    // The first start may have to bundle the source.
    for (const way of ['alone', 'queue'] as const) await measure(way, 1);
    const probe = probeHost();
    for (let repeat = 1; repeat <= Math.min(QUEUE_RUNS_MAX, run.repeats); repeat++) {
      const inTurns = repeat % 2 === 1 ? (['alone', 'queue'] as const) : (['queue', 'alone'] as const);
      for (const way of inTurns) ms[way].push(await measure(way, runs));
    }
    return {
      kind: 'ratio',
      name,
      what: `${runs} runs, ${agents} agents`,
      ...ratioOf(ms.queue, ms.alone),
      goal: { is: 'at most', value: GOALS.queueRatio },
      ...hostOf(probe.read()),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ratioOf(
  over: readonly number[],
  under: readonly number[],
): Pick<RatioResult, 'values' | 'interval'> {
  return { values: over.map((value, at) => value / under[at]!), interval: pairedRatio(over, under) };
}

function hostOf(host: HostShare): { readonly host: HostShare; readonly warnings: string[] } {
  return { host, warnings: hostWarnings(host) };
}
