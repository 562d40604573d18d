/** What a thread does that runs one plan in virtual time after another, each with its report. */
import { runPacked, type PackedPlan, type PackedRun } from './agents/packed-run.ts';
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

export interface PackTask {
  readonly plan: PackedPlan;
  /** For what does not fit into memory. */
  readonly folder: string;
  readonly environment: Environment;
}

export type PackAnswer = PackedRun | { readonly kind: 'failed'; readonly error: PlainError };

const nobody = { signal: new AbortController().signal };

export async function run({ plan, reports, place, environment }: RunTask): Promise<RunAnswer> {
  try {
    return await runAndReport(virtualEngine(), plan, nobody, { reports, place, environment });
  } catch (error) {
    return { error: toPlainError(error) };
  }
}

/** The plan as bytes that have come, and the report as bytes for a journey, instead of as files. */
export async function pack({ plan, folder, environment }: PackTask): Promise<PackAnswer> {
  try {
    return await runPacked(virtualEngine(), plan, nobody, { folder, environment });
  } catch (error) {
    return { kind: 'failed', error: toPlainError(error) };
  }
}
