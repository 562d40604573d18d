/** How the runs of an experiment are carried out: one after another, or one on each core. */
import { parallelThreads } from '../../sim/machine/processors.ts';
import { engineNameOf, type Plan } from '../../sim/plan/plan.ts';
import type { RunComponents } from '../../sim/pipeline.ts';
import { fromPlainError } from '../../sim/engines/run/plain-errors.ts';
import { doneRun } from '../../sim/agents/experiment-state.ts';
import { removeDeadDrafts, removeDrafts, type RunPlace } from '../../sim/report/write-report.ts';
import type { FinishedRun } from '../../sim/run-and-report.ts';
import { RunPool } from '../../sim/run-pool.ts';
import type { RunAnswer, RunTask } from '../../sim/run-worker.ts';
import { runWithProgress, type WatchedRun } from '../progress/run-with-progress.ts';
import { RunsProgress } from '../progress/runs-progress.ts';
import { RunsLeft } from '../progress/time-left.ts';
import type { ClusterSession } from './cluster-session.ts';
import type { LiveView } from './live-view.ts';
import type { SimOptions } from './sim-options.ts';

export interface SimComponents extends Pick<RunComponents, 'engines' | 'environment'> {
  /** The bundled run-worker.ts. */
  readonly runWorkerFile: URL;
  readonly signal: AbortSignal;
  /** Shows the runs to browsers while they go on. */
  readonly live?: LiveView;
  /** Whose agents do the runs. */
  readonly cluster?: ClusterSession;
}

export interface Runner {
  readonly atOnce: number;
  run(plan: Plan, name: string, label: string): Promise<FinishedRun>;
  /** To be called when a finished run has been told of: progress goes on below that. */
  told(): void;
  close(): Promise<void>;
  /** Aborted when another program goes on with the experiment. */
  readonly lost?: AbortSignal;
}

export interface RunnerRequest {
  /** All that are to be run. */
  readonly plans: readonly Plan[];
  /** Repeats may end early. */
  readonly mayBeFewer: boolean;
  /** The experiment's folder. */
  readonly parent: string;
  readonly options: SimOptions;
  readonly components: SimComponents;
  /** By which a cluster knows the experiment. */
  readonly experiment?: string;
  /** Another way to run some of the plans; undefined: this program runs the plan itself. */
  readonly elsewhere?: (plan: Plan, place: RunPlace) => Promise<FinishedRun> | undefined;
}

export async function runnerOf(request: RunnerRequest): Promise<Runner> {
  const { cluster } = request.components;
  if (cluster !== undefined) return runnerOnCluster(request, cluster);
  // Who looks on sees one run after another.
  const atOnce = request.components.live === undefined;
  return atOnce && request.plans.every((plan) => engineNameOf(plan) === 'virtual')
    ? runnerAtOnce(request)
    : runnerInTurn(request);
}

/** In real time each run has the machine to itself. */
function runnerInTurn({ plans, mayBeFewer, parent, options, components, elsewhere }: RunnerRequest): Runner {
  const runsLeft = new RunsLeft(plans.length, () => performance.now(), mayBeFewer);
  const runHere = (plan: Plan, label: string, place: RunPlace): Promise<FinishedRun> =>
    runWithProgress(plan, {
      ...watched(options, components),
      label,
      place,
      afterwards: (leftMs) => runsLeft.say(leftMs),
    });
  return {
    atOnce: 1,
    async run(plan, name, label) {
      runsLeft.begin();
      const place = { parent, name };
      const run = await (elsewhere?.(plan, place) ?? runHere(plan, label, place));
      runsLeft.end();
      return run;
    },
    told: () => undefined,
    close: () => Promise.resolve(),
  };
}

/** In virtual time there is a run for each core. */
function runnerAtOnce({ plans, mayBeFewer, parent, options, components, elsewhere }: RunnerRequest): Runner {
  const { environment, signal, runWorkerFile } = components;
  const runs = plans.length;
  const atOnce = Math.min(runs, parallelThreads());
  const pool = new RunPool<RunTask, RunAnswer>({ workerFile: runWorkerFile, threads: atOnce, signal });
  const progress = new RunsProgress(process.stderr, {
    runs,
    mayBeFewer,
    quiet: options.quiet || options.json,
  });
  const runHere = async (plan: Plan, place: RunPlace): Promise<FinishedRun> => {
    const run = await pool.run({ plan, reports: options.out, place, environment });
    if ('error' in run) throw fromPlainError(run.error);
    return run;
  };
  return {
    atOnce,
    async run(plan, name) {
      const place = { parent, name };
      const run = await (elsewhere?.(plan, place) ?? runHere(plan, place));
      progress.stop();
      return run;
    },
    told: () => progress.end(),
    async close() {
      progress.stop();
      await pool.destroy();
      removeDrafts(parent);
    },
  };
}

/** On a cluster all runs are in the queue, of which each agent takes what it can do. */
async function runnerOnCluster(
  { plans, mayBeFewer, parent, options, experiment }: RunnerRequest,
  cluster: ClusterSession,
): Promise<Runner> {
  const queue = await cluster.queue(experiment!, plans[0]!.scenario.name);
  // Of a coordinator that was killed, where this one goes on.
  removeDeadDrafts(parent);
  const progress = new RunsProgress(process.stderr, {
    runs: plans.length,
    mayBeFewer,
    quiet: options.quiet || options.json,
    note: () => cluster.whoIsThere,
  });
  const numbers = new Map(plans.map((plan, at) => [plan, String(at + 1)]));
  return {
    // More than one in any case: an interruption is then no failure of a run.
    atOnce: Math.max(2, plans.length),
    lost: queue.lost,
    async run(plan, name) {
      const done = doneRun(parent, name);
      if (done !== undefined) return done;
      const run = await queue.run(numbers.get(plan)!, plan, options.out, { parent, name });
      progress.stop();
      return run;
    },
    told: () => progress.end(),
    async close() {
      progress.stop();
      await queue.close();
      removeDrafts(parent);
    },
  };
}

export function watched(
  { out, quiet, json }: SimOptions,
  { engines, environment, signal, live }: SimComponents,
): Omit<WatchedRun, 'label'> {
  const shared = { engines, environment, signal, out, quiet: quiet || json };
  return live === undefined ? shared : { ...shared, live };
}
