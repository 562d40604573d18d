/** `swarm-lab papers`: docs/papers.md. */
import { ConfigError } from '../core/errors.ts';
import { printableJson } from '../core/printable.ts';
import { readEnvironment } from '../sim/environment.ts';
import { fromPlainError } from '../sim/engines/run/plain-errors.ts';
import { parallelThreads } from '../sim/machine/processors.ts';
import type { PaperRow } from '../sim/papers/paper-row.ts';
import type { PaperAnswer, PaperWorkerTask } from '../sim/papers/paper-worker.ts';
import { papers } from '../sim/papers/papers.ts';
import { countPaperVerdicts, renderPapers } from '../sim/papers/render-papers.ts';
import { planPapers, runPapers, type PlannedCase } from '../sim/papers/run-papers.ts';
import { RunPool } from '../sim/run-pool.ts';
import { newCommand, readCommandLine } from './arguments/command-line.ts';
import { seedText, wholeNumber } from './arguments/values.ts';
import { exitCodeOfPapers, exitCodes } from './program/exit-codes.ts';
import { interruptSignal, runProgram } from './program/run-program.ts';
import { fitted, say } from './output/program-output.ts';
import { columnsOfTerminal } from './output/terminal.ts';
import { roughly } from './progress/time-left.ts';

interface PapersOptions {
  readonly filter: string;
  readonly smoke: boolean;
  readonly seed?: string;
  readonly repeat?: number;
  readonly json: boolean;
  readonly markdown: boolean;
  readonly list: boolean;
}

const REPEATS_MAX = 1000;

const EXAMPLES = `
Examples:
  swarm-lab papers
      every paper, some minutes on two cores
  swarm-lab papers --filter mundinger
      one paper
  swarm-lab papers --repeat 10 --markdown > table.md
      with narrower intervals, as Markdown
  swarm-lab papers --smoke
      one case of each paper with one seed, to see that it works

All runs are in virtual time, so the table does not depend on the machine. docs/papers.md has the table with all that is
assumed. swarm-lab sim papers/mundinger-rounds runs a scenario of a paper by itself.

Exit codes: 0 every figure agrees; 1 one differs from what is published; 2 bad option; 3 one is unclear, or a run has no
data for it; 70 defect of the program; 130 stopped by Ctrl-C.`;

function newPapersCommand() {
  return newCommand('papers', 'Runs what papers have published again, and compares.')
    .option('--filter <text>', 'only the papers and cases that have the text in their name', '')
    .option('--smoke', 'one case of each paper with one seed', false)
    .option('--repeat <n>', 'seeds of each case; default: as the case says', wholeNumber(1, REPEATS_MAX))
    .option('--seed <text>', "instead of the scenarios' own", seedText)
    .option('--json', 'the rows as JSON on stdout, and nothing else there', false)
    .option('--markdown', 'the tables as Markdown', false)
    .option('--list', 'only name what would be run', false)
    .addHelpText('after', EXAMPLES);
}

async function main(): Promise<number> {
  const options = readCommandLine(newPapersCommand, process.argv.slice(2), process.env).opts<PapersOptions>();
  const cases = planPapers(papers, options);
  if (cases.length === 0) {
    throw new ConfigError(`no paper or case has "${options.filter}" in its name: see --list`);
  }
  if (options.list) {
    process.stdout.write(cases.map(({ paper, own }) => `${paper.name} ${own.name}\n`).join(''));
    return exitCodes.ok;
  }
  const signal = interruptSignal();
  const rows = await runAll(cases, options, signal);
  process.stdout.write(options.json ? `${printableJson({ schemaVersion: 1, rows })}\n` : text(rows, options));
  return signal.aborted ? exitCodes.interrupted : exitCodeOfPapers(rows.map(({ verdict }) => verdict));
}

async function runAll(
  cases: readonly PlannedCase[],
  { json }: PapersOptions,
  signal: AbortSignal,
): Promise<PaperRow[]> {
  const environment = readEnvironment();
  const tasks = cases.reduce((sum, one) => sum + one.tasks.length, 0);
  const atOnce = Math.min(tasks, parallelThreads());
  const pool = new RunPool<PaperWorkerTask, PaperAnswer>({
    workerFile: new URL('./paper-worker.js', import.meta.url),
    threads: atOnce,
    signal,
  });
  const beganMs = performance.now();
  let over = 0;
  let told = 0;
  try {
    return await runPapers(cases, {
      atOnce,
      signal,
      run: async (task) => {
        const answer = await pool.run({ ...task, environment });
        if ('error' in answer) throw fromPlainError(answer.error);
        return answer.figures;
      },
      onTask: () => {
        over++;
        if (json || over === tasks || over - told < tasks / 10) return;
        told = over;
        const leftMs = ((performance.now() - beganMs) / over) * (tasks - over);
        say(`${over} of ${tasks} runs, about ${roughly(leftMs)} left`);
      },
    });
  } finally {
    await pool.destroy();
  }
}

function text(rows: readonly PaperRow[], { markdown }: PapersOptions): string {
  const form = markdown ? 'markdown' : 'terminal';
  const table = renderPapers(rows, papers, form, columnsOfTerminal(process.stdout));
  const count = rows.length === 0 ? 'no case was finished' : countPaperVerdicts(rows);
  const told = `\n${table}\n\n${count}\n`;
  return markdown ? told : fitted(told, process.stdout);
}

await runProgram('papers', main);
