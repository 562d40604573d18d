/** What an experiment keeps of a run. */
import { createHash } from 'node:crypto';
import { findMetric, metricPaths } from '../metrics/metrics.ts';
import type { RunResult } from '../result/result.ts';
import type { Plan } from '../plan/plan.ts';
import type { ExperimentRun } from './experiment.ts';

/** What every experiment compares, in this order; the metrics of thresholds follow. */
const keyMetrics = [
  'makespan',
  'completion.median',
  'completion.p95',
  'efficiency',
  'goodput',
  'seeder_load',
  'fairness',
  'upload_utilisation',
  'waste',
  'overhead',
  'completed',
] as const;

/** Their figures are kept for comparisons; of a swarm with more, those of the first ones in the plan. */
export const GROUPS_MAX = 6;

/**
 * @param folder where its report is, relative to the experiment's
 * @param metrics besides the key ones and those of thresholds
 */
export function digestRun(result: RunResult, folder: string, metrics: readonly string[] = []): ExperimentRun {
  const { verdict, trust, plan, ending } = result;
  const unfinished = ending === 'interrupted' || ending === 'aborted';
  const scopes = {
    groups: result.groups.map(({ name }) => name),
    peers: result.peers.map(({ name }) => name),
  };
  const paths = new Set<string>([...keyMetrics, ...plan.expect.map(({ metric }) => metric), ...metrics]);
  const kept = scopes.groups.slice(0, GROUPS_MAX);
  const others = metricPaths({ groups: kept, peers: [] }).filter((path) => !paths.has(path));
  // Figures of a part of a run are not those of the run.
  const figuresOf = (wanted: Iterable<string>): Record<string, number | null> =>
    Object.fromEntries(
      [...wanted].map((path) => [path, unfinished ? null : (findMetric(path, scopes)?.read(result) ?? null)]),
    );
  return {
    arm: plan.variant?.arm ?? plan.scenario.name,
    repeat: plan.variant?.repeat ?? 1,
    seed: result.seed,
    folder,
    startedAt: result.startedAt,
    ending,
    outcome: verdict.outcome,
    because: verdict.because,
    reasons: verdict.reasons,
    trust: trust.level,
    cause: trust.cause,
    remedy: trust.remedy,
    warnings: trust.warnings,
    expectations: result.expectations,
    figures: figuresOf(paths),
    otherFigures: figuresOf(others),
    ...(scopes.groups.length > kept.length && { groupsLeftOut: scopes.groups.length - kept.length }),
    planHash: planHash(plan),
  };
}

function planHash(plan: Plan): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...plan, variant: null }))
    .digest('hex');
}
