/** What a thread does that runs one plan in virtual time after another, each with its report. */
import { toPlainError, type PlainError } from '../core/errors.ts';
import { virtualEngine } from './engines/virtual/virtual-engine.ts';
import { measure } from './measure/measure.ts';
import type { Plan } from './plan/plan.ts';
import { writeReport, type RunPlace, type WrittenReport } from './report/write-report.ts';
import type { Environment, RunResult } from './result/result.ts';

export interface RunTask {
  readonly plan: Plan;
  readonly reports: string;
  readonly place: RunPlace;
  readonly environment: Environment;
}

/** An error loses its class between threads, so it comes as plain data. */
export type RunAnswer = (WrittenReport & { readonly result: RunResult }) | { readonly error: PlainError };

export async function run({ plan, reports, place, environment }: RunTask): Promise<RunAnswer> {
  try {
    const record = await virtualEngine().run(plan, { signal: new AbortController().signal });
    const result = measure(plan, record, environment);
    return { result, ...(await writeReport(reports, result, record.events, place)) };
  } catch (error) {
    return { error: toPlainError(error) };
  }
}
