/** `swarm-lab bench`: docs/benchmarks.md. */
import { exitCodes } from '../src/cli/program/exit-codes.ts';
import { interruptSignal, runProgram } from '../src/cli/program/run-program.ts';
import { fitted } from '../src/cli/output/program-output.ts';
import { columnsOfTerminal } from '../src/cli/output/terminal.ts';
import { ConfigError, SwarmError } from '../src/core/errors.ts';
import { readEnvironment } from '../src/sim/environment.ts';
import { probeHost } from './host.ts';
import type { MicroBudget } from './micro/measure-once.ts';
import { runMicro } from './micro/run-micro.ts';
import { microSuite } from './micro/suite.ts';
import { readBenchOptions, type BenchOptions } from './options.ts';
import { compareReports } from './report/compare.ts';
import { loadReport, requireReports, saveReport } from './report/files.ts';
import { renderComparison } from './report/render-comparison.ts';
import { renderReport } from './report/render.ts';
import { BENCH_SCHEMA_VERSION, type BenchReport, type BenchResult } from './report/report.ts';
import type { OtherProgram } from './others/other-program.ts';
import { otherPrograms, runAgainst } from './others/run-others.ts';
import { pageCases, type PageCase } from './page/cases.ts';
import { runPage } from './page/run-page.ts';
import { swarmCases, type SwarmCase, type ThroughputCase } from './swarm/cases.ts';
import { runShaping } from './swarm/run-shaping.ts';
import { runDuration } from './swarm/run-duration.ts';
import { runThroughput } from './swarm/run-throughput.ts';
import { virtualCases, type VirtualCase } from './virtual/cases.ts';
import { runVirtual } from './virtual/run-virtual.ts';

const BUDGETS: Readonly<Record<BenchReport['size'], MicroBudget>> = {
  full: { timeMs: 150, warmupMs: 50, callsMin: 3 },
  smoke: { timeMs: 5, warmupMs: 1, callsMin: 1 },
};

const peerWorker = new URL('./peer-worker.js', import.meta.url);
const starWorker = new URL('./star-worker.js', import.meta.url);
const microWorker = new URL('./micro-worker.js', import.meta.url);
const pageWorker = new URL('./page-worker.js', import.meta.url);
const virtualWorker = new URL('./virtual-worker.js', import.meta.url);

interface Other {
  readonly name: string;
  readonly program: OtherProgram;
  readonly benchmark: ThroughputCase;
}

interface Chosen {
  readonly micro: typeof microSuite;
  readonly swarm: readonly SwarmCase[];
  readonly virtual: readonly VirtualCase[];
  readonly page: readonly PageCase[];
  readonly others: readonly Other[];
}

async function main(): Promise<number> {
  const options = readBenchOptions(process.argv.slice(2), process.env);
  const chosen = <T extends { readonly name: string }>(wanted: boolean, all: readonly T[]): T[] =>
    wanted ? all.filter(({ name }) => name.toLowerCase().includes(options.filter)) : [];
  const size = options.smoke ? 'smoke' : 'full';
  const benchmarks: Chosen = {
    micro: chosen(options.micro, microSuite),
    swarm: chosen(options.swarm, swarmCases[size]),
    virtual: [...chosen(options.virtual, virtualCases[size]), ...chosen(options.large, virtualCases.large)],
    page: chosen(options.page, pageCases[size]),
    others: chosen(true, othersOf(options.peers, swarmCases[size])),
  };
  const { micro, swarm, virtual, page, others } = benchmarks;
  const names = [...micro, ...swarm, ...virtual, ...page, ...others].map(({ name }) => name);
  if (names.length === 0) throw new ConfigError(`no benchmark has "${options.filter}": see --list`);
  if (options.list) {
    process.stdout.write(`${names.join('\n')}\n`);
    return exitCodes.ok;
  }
  const saved = options.compare === undefined ? undefined : loadReport(options.compare);
  requireReports(options.out);
  const signal = interruptSignal();
  const report = await measureAll(benchmarks, options, signal);
  const path = saveReport(options.out, report);
  const columns = columnsOfTerminal(process.stdout);
  const show = (text: string): string => fitted(text, process.stdout);
  process.stdout.write(
    options.json ? `${JSON.stringify(report, null, 2)}\n` : `\n${show(renderReport(report, columns))}`,
  );
  if (!options.json) process.stdout.write(`\nsaved: ${path}\n`);
  if (saved !== undefined && !options.json) {
    process.stdout.write(
      `\n${show(renderComparison(compareReports(saved, report), options.compare!, columns))}`,
    );
  }
  if (signal.aborted) return exitCodes.interrupted;
  return report.failures.length > 0 ? exitCodes.failed : exitCodes.ok;
}

async function measureAll(
  { micro, swarm, virtual, page, others }: Chosen,
  options: BenchOptions,
  signal: AbortSignal,
): Promise<BenchReport> {
  const size = options.smoke ? 'smoke' : 'full';
  const startedAt = new Date().toISOString();
  const probe = probeHost();
  const results: BenchResult[] = [];
  const failures: string[] = [];
  const attempt = async (what: string, measure: () => Promise<readonly BenchResult[]>): Promise<void> => {
    const wanted = (): boolean => !signal.aborted;
    if (!wanted()) return;
    try {
      results.push(...(await measure()));
    } catch (error) {
      // What fails because it was stopped has not failed.
      if (wanted()) failures.push(`${what}: ${tellError(error)}`);
    }
  };
  await attempt('micro-benchmarks', () =>
    runMicro({
      workerFile: microWorker,
      benchmarks: micro,
      rounds: options.repeat,
      budget: BUDGETS[size],
      signal,
      onProgress: say,
    }),
  );
  for (const benchmark of swarm) {
    await attempt(benchmark.name, async () => {
      say(benchmark.name);
      return [await measureSwarm(benchmark, options.repeat, signal)];
    });
  }
  for (const benchmark of virtual) {
    await attempt(benchmark.name, () => {
      say(benchmark.name);
      return runVirtual(benchmark, { workerFile: virtualWorker, repeats: options.repeat, signal });
    });
  }
  for (const { name, program, benchmark } of others) {
    await attempt(name, async () => {
      say(name);
      return [await runAgainst(program, benchmark, { repeats: options.repeat, peerWorker, signal })];
    });
  }
  for (const benchmark of page) {
    await attempt(benchmark.name, () => {
      say(benchmark.name);
      return runPage(benchmark, { workerFile: pageWorker, repeats: options.repeat, signal });
    });
  }
  const base = { schemaVersion: BENCH_SCHEMA_VERSION, startedAt, size } as const;
  return { ...base, environment: readEnvironment(), host: probe.read(), results, failures };
}

/** @throws {ConfigError} a program is not known, or not installed */
function othersOf(names: readonly string[], cases: readonly SwarmCase[]): Other[] {
  const throughput = cases.filter((one) => one.kind === 'throughput');
  return otherPrograms(names).flatMap((program) =>
    throughput.map((benchmark) => ({
      name: `${benchmark.name}, against ${program.title}`,
      program,
      benchmark,
    })),
  );
}

function measureSwarm(benchmark: SwarmCase, repeats: number, signal: AbortSignal): Promise<BenchResult> {
  if (benchmark.kind === 'shaping') return runShaping(benchmark, repeats, peerWorker, signal);
  return benchmark.kind === 'throughput'
    ? runThroughput(benchmark, repeats, { peerWorker, starWorker }, signal)
    : runDuration(benchmark, repeats, peerWorker, signal);
}

/** Of a defect, where it is. */
function tellError(error: unknown): string {
  if (error instanceof SwarmError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Tables go to stdout, what is going on to stderr. */
function say(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}

await runProgram('bench', main);
