/** `swarm-lab fuzz`: docs/fuzz.md. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { Option } from 'commander';
import { makeFolders } from '../core/node/store/make-folders.ts';
import { SECOND_MS } from '../core/units.ts';
import { printableJson } from '../core/printable.ts';
import { fromPlainError } from '../sim/engines/run/plain-errors.ts';
import { brokenBuildNames, type BrokenBuildName } from '../sim/fuzz/broken-builds.ts';
import type { Failure, FuzzAnswer, FuzzTask } from '../sim/fuzz/fuzz-worker.ts';
import { runWatched } from '../sim/fuzz/watched-task.ts';
import { parallelThreads } from '../sim/machine/processors.ts';
import { RunPool } from '../sim/run-pool.ts';
import { newCommand, readCommandLine } from './arguments/command-line.ts';
import { wholeNumber } from './arguments/values.ts';
import { exitCodes } from './program/exit-codes.ts';
import { interruptSignal, runProgram } from './program/run-program.ts';
import { say } from './output/program-output.ts';
import { roughly } from './progress/time-left.ts';

interface FuzzOptions {
  readonly seeds: number;
  readonly from: number;
  readonly out: string;
  readonly build?: BrokenBuildName;
  /** Seconds. */
  readonly halt: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

const SEEDS_MAX = 10_000_000;
const FROM_MAX = 2 ** 31;
/** A run that comes out of its events is told to stop after 120 s. */
const HALT_SEC = 180;
const HALT_SEC_MAX = 86_400;
/** One task of a thread. */
const SEEDS_AT_ONCE = 20;

const EXAMPLES = `
Examples:
  swarm-lab fuzz
      a thousand scenarios that nobody has seen before; tells from which seed on
  swarm-lab fuzz --from 4711 --seeds 1
      one of them again
  swarm-lab fuzz --from 0 --seeds 1000 --build leaking-link
      whether the search finds a known defect

Each scenario runs in virtual time under every invariant, and has to complete in time. One that fails is made smaller as
long as it fails in the same way, and written as a scenario file.

Exit codes: 0 nothing failed; 1 something failed; 2 bad option; 70 defect of the program; 130 stopped by Ctrl-C.`;

function newFuzzCommand() {
  return newCommand(
    'fuzz',
    'Runs random small scenarios in virtual time, and looks for what must not happen.',
  )
    .option('--seeds <n>', 'how many scenarios, one for each seed', wholeNumber(1, SEEDS_MAX), 1000)
    .option('--from <seed>', 'the first seed; default: drawn anew each time', wholeNumber(0, FROM_MAX))
    .option('--out <folder>', 'where scenarios that fail are written', 'reports/fuzz')
    .addOption(
      new Option('--build <name>', 'give every peer a known defect, which is to be found').choices(
        brokenBuildNames,
      ),
    )
    .option(
      '--halt <seconds>',
      'a run that takes so long in real time, and cannot be stopped, is told and left',
      wholeNumber(1, HALT_SEC_MAX),
      HALT_SEC,
    )
    .option('--json', 'the failures as JSON on stdout, and nothing else there', false)
    .option('--quiet', 'tell only what failed', false)
    .addHelpText('after', EXAMPLES);
}

function readOptions(argv: readonly string[], env: NodeJS.ProcessEnv): FuzzOptions {
  const written = readCommandLine(newFuzzCommand, argv, env).opts<Omit<FuzzOptions, 'from'>>();
  return { from: randomInt(FROM_MAX), ...written };
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  const { seeds, from, json, quiet } = options;
  const signal = interruptSignal();
  if (!quiet && !json) say(`${seeds} scenarios, seeds from ${from}`);
  const { failures, over } = await search(options, signal);
  if (json) process.stdout.write(`${printableJson({ schemaVersion: 1, from, seeds: over, failures })}\n`);
  else if (!quiet || failures.length > 0) {
    process.stdout.write(`${over} scenarios, seeds from ${from}: ${failures.length} failed\n`);
  }
  if (signal.aborted) return exitCodes.interrupted;
  return failures.length === 0 ? exitCodes.ok : exitCodes.failed;
}

async function search(options: FuzzOptions, signal: AbortSignal) {
  const { seeds, from, build } = options;
  const tasks = Array.from({ length: Math.ceil(seeds / SEEDS_AT_ONCE) }, (_, at): FuzzTask => {
    const first = at * SEEDS_AT_ONCE;
    return { from: from + first, count: Math.min(SEEDS_AT_ONCE, seeds - first), ...(build && { build }) };
  });
  const threads = Math.min(tasks.length, parallelThreads());
  const pool = new RunPool<FuzzTask, FuzzAnswer>({
    workerFile: new URL('./fuzz-worker.js', import.meta.url),
    threads,
    signal,
  });
  const failures: Failure[] = [];
  const progress = new Progress(options);
  let over = 0;
  const work = async (): Promise<void> => {
    for (let task = tasks.shift(); task !== undefined && !signal.aborted; task = tasks.shift()) {
      const answer = await runWatched(pool, task, options.halt * SECOND_MS);
      if ('error' in answer) throw fromPlainError(answer.error);
      for (const failure of 'failures' in answer ? answer.failures : [answer.failure]) {
        failures.push(failure);
        tell(failure, options);
      }
      over += 'rest' in answer ? 1 : task.count;
      if ('rest' in answer) tasks.unshift(...answer.rest);
      progress.tell(over, failures.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: threads }, work));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await pool.destroy();
  }
  return { failures: failures.sort((a, b) => a.seed - b.seed), over };
}

function tell(failure: Failure, { out, build, json }: FuzzOptions): void {
  const { seed, problem, peers, chunks, faults, tries, text } = failure;
  makeFolders(
    out,
    (reason) => `scenarios cannot be written to ${out}: ${reason}; choose another folder by --out`,
  );
  const file = join(out, `seed-${seed}.yaml`);
  writeFileSync(file, text);
  if (json) return;
  const command = `swarm-lab fuzz --from ${seed} --seeds 1${build === undefined ? '' : ` --build ${build}`}`;
  say(
    `seed ${seed}: ${problem.message}\n  again: ${command}\n` +
      `  least that still fails, after ${tries} tries: peers ${peers}, chunks ${chunks}, faults ${faults}: ${file}`,
  );
}

/** A line for each tenth. */
class Progress {
  readonly #options: FuzzOptions;
  readonly #beganMs = performance.now();
  #told = 0;

  constructor(options: FuzzOptions) {
    this.#options = options;
  }

  tell(over: number, failed: number): void {
    const { seeds, json, quiet } = this.#options;
    if (json || quiet || over === seeds || over - this.#told < seeds / 10) return;
    this.#told = over;
    const leftMs = ((performance.now() - this.#beganMs) / over) * (seeds - over);
    say(`${over} of ${seeds} scenarios, ${failed} failed, about ${roughly(leftMs)} left`);
  }
}

await runProgram('fuzz', main);
