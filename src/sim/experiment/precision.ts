/** When an experiment has repeated often enough. */
import { repeated } from '../analyse/statistics.ts';
import type { Precision } from '../scenario/language/scenario.ts';
import type { ExperimentRun } from './experiment.ts';
import type { DesignedArm } from './summarise.ts';

/** Whether the figure is known well enough in every arm. */
export function isPreciseEnough(
  arms: readonly DesignedArm[],
  runs: readonly ExperimentRun[],
  { metric, share }: Precision,
): boolean {
  const reached = precisionOf(arms, runs, metric);
  return reached !== null && reached <= share;
}

/**
 * Half the 95 % interval of the mean over the mean, of the arm where it is widest. null where an arm has fewer than two
 * runs with the figure, or a run without it: the mean would be that of the survivors.
 */
export function precisionOf(
  arms: readonly DesignedArm[],
  runs: readonly ExperimentRun[],
  metric: string,
): number | null {
  let widest = 0;
  for (const { name } of arms) {
    const values = runs.filter(({ arm }) => arm === name).map(({ figures }) => figures[metric] ?? null);
    if (values.includes(null)) return null;
    const summary = repeated(values.filter((value) => value !== null));
    if (summary === null || summary.ci95 === null) return null;
    if (summary.ci95 > 0) widest = Math.max(widest, summary.ci95 / Math.abs(summary.mean));
  }
  return widest;
}
