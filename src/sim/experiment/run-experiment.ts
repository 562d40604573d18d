/** Runs the plans of an experiment and keeps what a comparison needs of each. */
import { basename } from 'node:path';
import type { Environment, RunResult } from '../result/result.ts';
import { engineNameOf, type Plan } from '../plan/plan.ts';
import type { Design } from './design.ts';
import { isPreciseEnough, precisionOf } from './precision.ts';
import { digestRun } from './digest.ts';
import { EXPERIMENT_SCHEMA_VERSION, type Experiment, type ExperimentRun } from './experiment.ts';
import { judgeRuns, summariseArms } from './summarise.ts';

export interface ExperimentComponents {
  /** Runs a plan, writes its report under this name within the experiment's folder and returns where it is. */
  readonly run: (
    plan: Plan,
    name: string,
    position: number,
  ) => Promise<{ result: RunResult; folder: string }>;
  /** Runs at a time. Default 1: in real time they would disturb each other. */
  readonly atOnce?: number;
  /** No further run is begun once it is aborted. */
  readonly signal: AbortSignal;
  readonly environment: Environment;
  /** Wall clock, as in `RunResult.startedAt`. */
  readonly startedAt: string;
}

export interface ExperimentEnd {
  readonly experiment: Experiment;
  /** What stopped it, when a run could not be carried out: to be thrown once what was measured is written. */
  readonly failure: Error | undefined;
}

/** Never rejects: what was measured until a failure is worth keeping. */
export async function runExperiment(
  design: Design,
  { run, atOnce = 1, signal, environment, startedAt }: ExperimentComponents,
): Promise<ExperimentEnd> {
  const byPosition: (ExperimentRun | undefined)[] = [];
  let failure: Error | undefined;
  const { until } = design.repeats;
  const metrics = until === null ? [] : [until.metric];
  const runsSoFar = (): ExperimentRun[] => byPosition.filter((one) => one !== undefined);
  const runOne = async (position: number): Promise<void> => {
    const plan = design.plans[position]!;
    try {
      const { result, folder } = await run(plan, runName(plan, position, design.plans.length), position);
      byPosition[position] = digestRun(result, basename(folder), metrics);
    } catch (error) {
      if (signal.aborted && atOnce > 1) return;
      failure ??= error instanceof Error ? error : new Error(String(error));
    }
  };
  let isKnown = false;
  for (const positions of batchesOf(design)) {
    isKnown = until !== null && positions[0]! > 0 && isPreciseEnough(design.arms, runsSoFar(), until);
    if (isKnown) break;
    const waiting = [...positions];
    const lane = async (): Promise<void> => {
      while (!signal.aborted && failure === undefined && waiting.length > 0) await runOne(waiting.shift()!);
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, positions.length) }, lane));
    if (signal.aborted || failure !== undefined) break;
  }
  const runs = runsSoFar();
  const finished = runs.filter(({ ending }) => ending !== 'interrupted').length;
  const whole = finished === design.plans.length || (isKnown && finished === runs.length);
  const ending = failure !== undefined ? 'failed' : whole ? 'completed' : 'interrupted';
  return { experiment: experimentOf(design, runs, ending, { environment, startedAt }), failure };
}

/** Positions of runs between which nothing is decided: all, or where repeats may end early a round of each arm. */
function batchesOf({ plans, arms, repeats }: Design): number[][] {
  const all = plans.map((_, position) => position);
  if (repeats.until === null) return [all];
  const first = repeats.least * arms.length;
  const later = all.slice(first).filter((_, at) => at % arms.length === 0);
  return [all.slice(0, first), ...later.map((from) => all.slice(from, from + arms.length))];
}

/** What the runs so far amount to. */
function experimentOf(
  { scenario, seed, repeats, arms, baseline, plans }: Design,
  runs: readonly ExperimentRun[],
  ending: Experiment['ending'],
  circumstances: Pick<Experiment, 'environment' | 'startedAt'>,
): Experiment {
  const { until } = repeats;
  return {
    schemaVersion: EXPERIMENT_SCHEMA_VERSION,
    kind: 'experiment',
    verdict: judgeRuns(runs, ending),
    scenario,
    seed,
    engine: engineOf(plans),
    ...circumstances,
    ...(until === null
      ? { repeats: repeats.most, plannedRuns: plans.length }
      : {
          repeats: Math.max(1, ...runs.map(({ repeat }) => repeat)),
          precision: {
            ...until,
            reachedShare: precisionOf(arms, runs, until.metric),
            most: repeats.most,
          },
          plannedRuns: ending === 'completed' ? runs.length : plans.length,
        }),
    ending,
    baseline,
    arms: summariseArms(arms, runs, baseline),
    runs,
  };
}

function engineOf(plans: readonly Plan[]): Experiment['engine'] {
  const [name, other] = new Set(plans.map(engineNameOf));
  return other === undefined ? name! : 'both';
}

/** `03-picker_random-2`: in the order of the runs, then arm and repeat. */
function runName({ variant }: Plan, position: number, runs: number): string {
  const number = String(position + 1).padStart(String(runs).length, '0');
  return `${number}-${variant?.arm ?? 'run'}-${variant?.repeat ?? 1}`;
}
