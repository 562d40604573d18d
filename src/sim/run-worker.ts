/** What a thread does that runs one plan in virtual time after another, each with its report. */
import { toPlainError, type PlainError } from '../core/errors.ts';
import { virtualEngine } from './engines/virtual/virtual-engine.ts';
import type { Plan } from './plan/plan.ts';
import type { RunPlace } from './report/write-report.ts';
import type { Environment } from './result/result.ts';
import { runAndReport, type FinishedRun } from './run-and-report.ts';

export interface RunTask {
  readonly plan: Plan;
  readonly reports: string;
  readonly place: RunPlace;
  readonly environment: Environment;
}

/** An error loses its class between threads, so it comes as plain data. */
export type RunAnswer = FinishedRun | { readonly error: PlainError };

export async function run({ plan, reports, place, environment }: RunTask): Promise<RunAnswer> {
  try {
    const watcher = { signal: new AbortController().signal };
    return await runAndReport(virtualEngine(), plan, watcher, { reports, place, environment });
  } catch (error) {
    return { error: toPlainError(error) };
  }
}
