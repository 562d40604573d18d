/** Runs the plans of an experiment one after another and keeps what a comparison needs of each. */
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
  { run, signal, environment, startedAt }: ExperimentComponents,
): Promise<ExperimentEnd> {
  const runs: ExperimentRun[] = [];
  let failure: Error | undefined;
  const { until, least } = design.repeats;
  const metrics = until === null ? [] : [until.metric];
  let isKnown = false;
  for (const [position, plan] of design.plans.entries()) {
    const isRoundOver = position % design.arms.length === 0;
    const rounds = position / design.arms.length;
    isKnown = until !== null && isRoundOver && rounds >= least && isPreciseEnough(design.arms, runs, until);
    if (signal.aborted || isKnown) break;
    try {
      const { result, folder } = await run(plan, runName(plan, position, design.plans.length), position);
      runs.push(digestRun(result, basename(folder), metrics));
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      break;
    }
  }
  const finished = runs.filter(({ ending }) => ending !== 'interrupted').length;
  const whole = finished === design.plans.length || (isKnown && finished === runs.length);
  const ending = failure !== undefined ? 'failed' : whole ? 'completed' : 'interrupted';
  return { experiment: experimentOf(design, runs, ending, { environment, startedAt }), failure };
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
    verdict: judgeRuns(runs),
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
