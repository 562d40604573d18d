/** Running one plan, or the plans of an experiment, with what a person sees of it. */
import { remedyOfDoubt } from '../../sim/measure/trust/trust.ts';
import { basename, join } from 'node:path';
import { nuid } from '@nats-io/nats-core';
import { printable, printableData } from '../../core/printable.ts';
import type { Design } from '../../sim/experiment/design.ts';
import type { Experiment, ExperimentVerdict } from '../../sim/experiment/experiment.ts';
import { runExperiment, type ExperimentEnd } from '../../sim/experiment/run-experiment.ts';
import type { RunResult } from '../../sim/result/result.ts';
import type { FinishedRun } from '../../sim/run-and-report.ts';
import type { Plan } from '../../sim/plan/plan.ts';
import { CoordinatorLock } from '../../sim/agents/coordinator-lock.ts';
import { beginState, endState, readState } from '../../sim/agents/experiment-state.ts';
import { fileName } from '../../sim/report/report-folders.ts';
import { verdictWord } from '../../sim/report/columns.ts';
import { renderExperimentPage } from '../../sim/page/html/experiment-page.ts';
import { pageScript } from '../../sim/page/page-script.ts';
import { renderExperiment } from '../../sim/report/experiment/experiment-terminal.ts';
import { formatDuration, formatRate } from '../../sim/units/format.ts';
import type { TerminalOptions } from '../../sim/report/page.ts';
import { renderTerminal } from '../../sim/report/terminal.ts';
import { openExperiment, writeExperiment } from '../../sim/report/experiment/write-experiment.ts';
import { exitCodeOfVerdict, exitCodes } from '../program/exit-codes.ts';
import { fitted, print, say } from '../output/program-output.ts';
import { runWithProgress } from '../progress/run-with-progress.ts';
import { runnerOf, watched, type RunnerRequest, type SimComponents } from './runners.ts';
import type { ClusterSession } from './cluster-session.ts';
import type { SimOptions } from './sim-options.ts';
import { columnsOf, wantsColours } from '../output/terminal.ts';

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
  const { cluster } = components;
  const { result, folder, warning } =
    cluster === undefined
      ? await runWithProgress(plan, { ...watched(options, components), label: plan.scenario.name })
      : await runOnCluster(plan, options, cluster);
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

async function runOnCluster(
  plan: Plan,
  { out, quiet, json }: SimOptions,
  cluster: ClusterSession,
): Promise<FinishedRun> {
  const queue = await cluster.queue(nuid.next(), plan.scenario.name);
  try {
    if (!quiet && !json)
      say(`${plan.scenario.name}: waits for its run on the cluster, ${cluster.whoIsThere}`);
    return await queue.run('1', plan, out, undefined);
  } finally {
    await queue.close();
  }
}

/** The worst of all runs gives the exit code. */
export async function runSeveral(
  design: Design,
  options: SimOptions,
  components: SimComponents,
): Promise<ScenarioEnd> {
  const results: (RunResult | undefined)[] = [];
  const swept = design.arms.length > 1;
  const { experiment, failure, folder } = await carryOut(design, options, components, {
    onFinished: (result, position) => {
      if (options.json && !swept) results[position] = result;
    },
  });
  tell(renderExperiment(printableData(experiment), terminal()), folder, options);
  return {
    ...endOf(experiment, experiment.verdict, folder, components.signal),
    data: swept ? experiment : results.filter((result) => result !== undefined),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** A text about several runs, and where their report is. */
export function tell(text: string, folder: string, options: SimOptions): void {
  if (options.json || options.quiet) return;
  process.stdout.write(`\n${text}\n${fitted(reportLine(folder), process.stdout)}\n`);
}

/** @param verdict that decides the exit code */
export function endOf(
  { scenario }: Experiment,
  { outcome, because, trust }: ExperimentVerdict,
  folder: string,
  signal: AbortSignal,
): Omit<ScenarioEnd, 'data'> {
  return {
    name: scenario.name,
    code: signal.aborted ? exitCodes.interrupted : exitCodeOfVerdict(because),
    outcome: verdictWord(outcome, trust),
    reasons: [],
    makespanMs: null,
    efficiency: null,
    folder,
  };
}

interface CarryOut {
  readonly onFinished?: (result: RunResult, position: number) => void;
  readonly elsewhere?: RunnerRequest['elsewhere'];
}

/** Runs all plans, tells of each as it ends, and writes the report. */
export async function carryOut(
  design: Design,
  options: SimOptions,
  components: SimComponents,
  more: CarryOut,
): Promise<ExperimentEnd & { readonly folder: string }> {
  const { cluster } = components;
  const place = await openPlace(design, options, components);
  const { folder } = place;
  const lock = cluster === undefined ? undefined : new CoordinatorLock(folder, cluster.store);
  lock?.requireFree();
  try {
    const end = await runPlans(design, options, components, { ...more, place, onBegin: () => lock?.take() });
    const isComplete = end.experiment.ending === 'completed';
    // Also where its table cannot be written.
    if (!isComplete && cluster?.outlivesProgram === true) {
      say(`sim: to go on with what is not done: the same command with --resume ${basename(folder)}`);
    }
    warn(
      await writeExperiment(folder, end.experiment, {
        'report.html': renderExperimentPage(end.experiment, pageScript('page')),
      }),
    );
    if (isComplete) await endState(folder);
    return { ...end, folder };
  } finally {
    lock?.release();
  }
}

interface RunPlans extends CarryOut {
  readonly place: ExperimentPlace;
  /** Called when nobody else leads the experiment, before its first run. */
  readonly onBegin: () => void;
}

async function runPlans(
  design: Design,
  options: SimOptions,
  components: SimComponents,
  { onFinished, elsewhere, place: { folder, startedAt, experiment }, onBegin }: RunPlans,
): Promise<ExperimentEnd> {
  const { environment, signal } = components;
  const { scenario, plans, arms } = design;
  const swept = arms.length > 1;
  const labelOf = (plan: Plan, position: number): string => {
    const which = `${scenario.name} ${position + 1}/${plans.length}`;
    return swept ? `${which} ${plan.variant?.arm ?? ''}` : which;
  };
  const runner = await runnerOf({
    plans,
    mayBeFewer: design.repeats.until !== null,
    parent: folder,
    options,
    components,
    ...(experiment === undefined ? {} : { experiment }),
    ...(elsewhere === undefined ? {} : { elsewhere }),
  });
  let end: ExperimentEnd;
  try {
    onBegin();
    end = await runExperiment(design, {
      environment,
      signal,
      startedAt,
      atOnce: runner.atOnce,
      run: async (plan, name, position) => {
        const label = labelOf(plan, position);
        const run = await runner.run(plan, name, label);
        onFinished?.(run.result, position);
        if (!options.json && options.quiet) tellWhatWentWrong(label, run.result, run.folder);
        else if (!options.json) print(summary(run, swept));
        runner.told();
        return run;
      },
    });
  } finally {
    await runner.close();
  }
  runner.lost?.throwIfAborted();
  return end;
}

interface ExperimentPlace {
  readonly folder: string;
  readonly startedAt: string;
  /** By which a cluster knows it. */
  readonly experiment?: string;
}

/** A new folder, or that of an experiment which goes on. @throws {ConfigError} it is not this one */
async function openPlace(
  { scenario, seed, plans }: Design,
  { out, resume }: SimOptions,
  { cluster }: SimComponents,
): Promise<ExperimentPlace> {
  if (cluster !== undefined && resume !== undefined) {
    const folder = join(out, fileName(scenario.name, 80), resume);
    return { folder, ...readState(folder, cluster.program, plans) };
  }
  const startedAt = new Date().toISOString();
  const folder = await openExperiment(out, { scenario: scenario.name, startedAt, seed });
  if (cluster === undefined) return { folder, startedAt };
  if (!cluster.outlivesProgram) return { folder, startedAt, experiment: nuid.next() };
  return { folder, ...(await beginState(folder, startedAt, cluster.program, plans)) };
}

export function terminal(): TerminalOptions {
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
    ...[...trust.warnings, ...remedyOfDoubt(trust)].map((warning) => `  ! ${warning}`),
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
