/** Running one plan, or the plans of an experiment, with what a person sees of it. */
import { printable, printableData } from '../../core/printable.ts';
import type { Design } from '../../sim/experiment/design.ts';
import { runExperiment } from '../../sim/experiment/run-experiment.ts';
import type { RunResult } from '../../sim/result/result.ts';
import type { RunComponents } from '../../sim/pipeline.ts';
import type { FinishedRun } from '../../sim/run-and-report.ts';
import { parallelThreads } from '../../sim/machine/processors.ts';
import { engineNameOf, type Plan } from '../../sim/plan/plan.ts';
import { fromPlainError } from '../../sim/engines/run/plain-errors.ts';
import { RunPool } from '../../sim/run-pool.ts';
import type { RunAnswer, RunTask } from '../../sim/run-worker.ts';
import { verdictWord } from '../../sim/report/columns.ts';
import { renderExperiment } from '../../sim/report/experiment/experiment-terminal.ts';
import { formatDuration, formatRate } from '../../sim/units/format.ts';
import type { TerminalOptions } from '../../sim/report/page.ts';
import { renderTerminal } from '../../sim/report/terminal.ts';
import { openExperiment, writeExperiment } from '../../sim/report/experiment/write-experiment.ts';
import { removeDrafts } from '../../sim/report/write-report.ts';
import { exitCodeOfVerdict, exitCodes } from '../program/exit-codes.ts';
import { fitted, print, say } from '../output/program-output.ts';
import { runWithProgress, type WatchedRun } from '../progress/run-with-progress.ts';
import type { SimOptions } from './sim-options.ts';
import { columnsOf, wantsColours } from '../output/terminal.ts';
import { roughly, RunsLeft } from '../progress/time-left.ts';

export interface SimComponents extends Pick<RunComponents, 'engines' | 'environment'> {
  /** The bundled run-worker.ts. */
  readonly runWorkerFile: URL;
  readonly signal: AbortSignal;
}

/** What came of a scenario. */
export interface ScenarioEnd {
  readonly name: string;
  readonly code: number;
  readonly outcome: string;
  /** Why it is no pass, the most important reason first. */
  readonly reasons: readonly string[];
  /** Of a single run. */
  readonly makespanMs: number | null;
  readonly efficiency: number | null;
  readonly folder: string;
  /** For --json. */
  readonly data: unknown;
  /** What ended an experiment before its last run. */
  readonly failure?: Error;
}

export async function runAlone(
  plan: Plan,
  options: SimOptions,
  components: SimComponents,
): Promise<ScenarioEnd> {
  const { result, folder, warning } = await runWithProgress(plan, {
    ...watched(options, components),
    label: plan.scenario.name,
  });
  warn(warning);
  if (options.quiet) tellWhatWentWrong(plan.scenario.name, result, folder);
  else if (!options.json) {
    process.stdout.write(
      `${renderTerminal(printableData(result), terminal())}\n${fitted(reportLine(folder), process.stdout)}\n`,
    );
  }
  const { verdict, swarm } = result;
  return {
    name: plan.scenario.name,
    code: components.signal.aborted ? exitCodes.interrupted : exitCodeOfVerdict(verdict.because),
    outcome: verdictWord(verdict.outcome, result.trust.level),
    reasons: verdict.reasons,
    makespanMs: swarm.makespanMs,
    efficiency: swarm.bound.efficiency,
    folder,
    data: result,
  };
}

/** The worst of all runs gives the exit code. */
export async function runSeveral(
  design: Design,
  options: SimOptions,
  components: SimComponents,
): Promise<ScenarioEnd> {
  const { environment, signal } = components;
  const startedAt = new Date().toISOString();
  const { scenario, seed, plans, arms } = design;
  const parent = await openExperiment(options.out, { scenario: scenario.name, startedAt, seed });
  const swept = arms.length > 1;
  const labelOf = (plan: Plan, position: number): string => {
    const which = `${scenario.name} ${position + 1}/${plans.length}`;
    return swept ? `${which} ${plan.variant?.arm ?? ''}` : which;
  };
  const results: (RunResult | undefined)[] = [];
  const finished = (run: FinishedRun, label: string, position: number): void => {
    if (options.json && !swept) results[position] = run.result;
    if (!options.json && options.quiet) tellWhatWentWrong(label, run.result, run.folder);
    else if (!options.json) print(summary(run, swept));
  };
  const mayBeFewer = design.repeats.until !== null;
  const runner = plans.every((plan) => engineNameOf(plan) === 'virtual')
    ? runnerAtOnce(plans.length, mayBeFewer, parent, options, components)
    : runnerInTurn(plans.length, mayBeFewer, parent, options, components);
  const { experiment, failure } = await runExperiment(design, {
    environment,
    signal,
    startedAt,
    atOnce: runner.atOnce,
    run: async (plan, name, position) => {
      const label = labelOf(plan, position);
      const run = await runner.run(plan, name, label);
      finished(run, label, position);
      return run;
    },
  });
  await runner.close();
  warn(await writeExperiment(parent, experiment));
  if (!options.json && !options.quiet) {
    const report = renderExperiment(printableData(experiment), terminal());
    process.stdout.write(`\n${report}\n${fitted(reportLine(parent), process.stdout)}\n`);
  }
  return {
    name: scenario.name,
    code: signal.aborted ? exitCodes.interrupted : exitCodeOfVerdict(experiment.verdict.because),
    outcome: verdictWord(experiment.verdict.outcome, experiment.verdict.trust),
    reasons: [],
    makespanMs: null,
    efficiency: null,
    folder: parent,
    data: swept ? experiment : results.filter((result) => result !== undefined),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** How the runs of an experiment are carried out. */
interface Runner {
  readonly atOnce: number;
  run(plan: Plan, name: string, label: string): Promise<FinishedRun>;
  close(): Promise<void>;
}

/** In real time each run has the machine to itself. */
function runnerInTurn(
  runs: number,
  mayBeFewer: boolean,
  parent: string,
  options: SimOptions,
  components: SimComponents,
): Runner {
  const runsLeft = new RunsLeft(runs, () => performance.now(), mayBeFewer);
  return {
    atOnce: 1,
    async run(plan, name, label) {
      runsLeft.begin();
      const run = await runWithProgress(plan, {
        ...watched(options, components),
        label,
        place: { parent, name },
        afterwards: (leftMs) => runsLeft.say(leftMs),
      });
      runsLeft.end();
      return run;
    },
    close: () => Promise.resolve(),
  };
}

/** In virtual time there is a run for each core. */
function runnerAtOnce(
  runs: number,
  mayBeFewer: boolean,
  parent: string,
  options: SimOptions,
  { environment, signal, runWorkerFile }: SimComponents,
): Runner {
  const atOnce = Math.min(runs, parallelThreads());
  const pool = new RunPool<RunTask, RunAnswer>({ workerFile: runWorkerFile, threads: atOnce, signal });
  const beganMs = performance.now();
  let over = 0;
  let toldOver = 0;
  const tellLeft = (): void => {
    if (options.quiet || options.json || over === runs || over - toldOver < runs / 10) return;
    toldOver = over;
    const leftMs = ((performance.now() - beganMs) / over) * (runs - over);
    say(`${over} of ${runs} runs, ${mayBeFewer ? 'at most ' : ''}about ${roughly(leftMs)} left`);
  };
  return {
    atOnce,
    async run(plan, name) {
      const run = await pool.run({ plan, reports: options.out, place: { parent, name }, environment });
      if ('error' in run) throw fromPlainError(run.error);
      over++;
      tellLeft();
      return run;
    },
    async close() {
      await pool.destroy();
      removeDrafts(parent);
    },
  };
}

function watched(
  { out, quiet, json }: SimOptions,
  { engines, environment, signal }: SimComponents,
): Omit<WatchedRun, 'label'> {
  return { engines, environment, signal, out, quiet: quiet || json };
}

function terminal(): TerminalOptions {
  return { colours: wantsColours(process.stdout), columns: columnsOf(process.stdout) };
}

function reportLine(folder: string): string {
  return `  report: ${printable(folder)}`;
}

function warn(warning: string | null): void {
  if (warning !== null) say(`sim: ${warning}`);
}

/** What a quiet run says: nothing when it passed. */
function tellWhatWentWrong(label: string, { verdict, trust }: RunResult, folder: string): void {
  if (verdict.outcome === 'pass') return;
  const lines = [
    `sim: ${label}: ${verdictWord(verdict.outcome, trust.level)}`,
    ...verdict.reasons.map((reason) => `  ✗ ${reason}`),
    ...trust.warnings.map((warning) => `  ! ${warning}`),
    `  report: ${folder}`,
  ];
  say(lines.join('\n'));
}

/** A run among several, in a line. */
function summary({ result, folder }: FinishedRun, swept: boolean): string {
  const { verdict, swarm, seed, trust, plan } = result;
  const { makespanMs, goodputBytesPerSec } = swarm;
  const arm = swept ? `${plan.variant?.arm ?? ''}, ` : '';
  const figures = `makespan ${formatDuration(makespanMs)}, goodput ${formatRate(goodputBytesPerSec)}`;
  const outcome = verdictWord(verdict.outcome, trust.level);
  const why = trust.cause === null ? '' : `\n  ✗ ${verdict.reasons[0] ?? trust.cause}`;
  return `${outcome} with ${arm}seed ${seed}: ${figures}${why}\n  report: ${folder}`;
}
