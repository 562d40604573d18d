/** What a thread does that runs one repeat of a paper's case after another, in virtual time. */
import { ConfigError, toPlainError, type PlainError } from '../../core/errors.ts';
import type { SwarmEvent } from '../../core/events.ts';
import { virtualEngine } from '../engines/virtual/virtual-engine.ts';
import { Measurement } from '../measure/measure.ts';
import type { Plan } from '../plan/plan.ts';
import type { Environment } from '../result/result.ts';
import type { PaperRun } from './paper.ts';
import { papers } from './papers.ts';
import type { PaperTask } from './run-papers.ts';

export interface PaperWorkerTask extends PaperTask {
  readonly environment: Environment;
}

/** Figures in the order of the case's comparisons. An error loses its class between threads, so it comes as plain data. */
export type PaperAnswer = { readonly figures: readonly (number | null)[] } | { readonly error: PlainError };

export async function run(task: PaperWorkerTask): Promise<PaperAnswer> {
  try {
    const comparisons = papers
      .find(({ name }) => name === task.paper)
      ?.cases.find(({ name }) => name === task.case)?.comparisons;
    if (comparisons === undefined) throw new ConfigError(`there is no case ${task.case} of ${task.paper}`);
    const runs: Record<string, PaperRun> = {};
    for (const [name, plan] of Object.entries(task.plans)) runs[name] = await runOne(plan, task.environment);
    return { figures: comparisons.map((comparison) => comparison.measure(runs)) };
  } catch (error) {
    return { error: toPlainError(error) };
  }
}

async function runOne(plan: Plan, environment: Environment): Promise<PaperRun> {
  const measurement = new Measurement(plan);
  const events: SwarmEvent[] = [];
  const record = await virtualEngine().run(plan, {
    signal: new AbortController().signal,
    onEvent(event) {
      measurement.see(event);
      events.push(event);
    },
  });
  return { result: measurement.result(record, environment), events };
}
