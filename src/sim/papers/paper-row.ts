/** A published figure beside what the runs of all seeds gave. */
import { repeated, type Repeated } from '../analyse/statistics.ts';
import type { MetricUnit } from '../units/metric-unit.ts';
import type { Comparison, Paper, PaperCase } from './paper.ts';

export type PaperVerdict = 'agrees' | 'unclear' | 'differs' | 'no data' | 'shown';

export interface PaperRow {
  readonly paper: string;
  readonly case: string;
  readonly figure: string;
  readonly unit: MetricUnit;
  readonly by: Comparison['by'];
  readonly published: number | string | null;
  /** The range in which the mean agrees. `null`: without a limit. */
  readonly least: number | null;
  readonly most: number | null;
  /** Of every seed; null: that run has no data. */
  readonly values: readonly (number | null)[];
  /** null: a run has no data. */
  readonly measured: Repeated | null;
  /** measured / published − 1; null: no number is published, or nothing was measured. */
  readonly difference: number | null;
  readonly verdict: PaperVerdict;
}

/** @param figures by seed, each in the order of the case's comparisons */
export function rowsOf(
  paper: Paper,
  { name, comparisons }: PaperCase,
  figures: readonly (readonly (number | null)[])[],
): PaperRow[] {
  return comparisons.map((comparison, at) => {
    const { figure, unit, by, published, least, most } = comparison;
    const values = figures.map((own) => own[at] ?? null);
    const known = values.filter((value) => value !== null);
    // What is missing may be what would have disagreed.
    const measured = known.length < values.length ? null : repeated(known);
    return {
      paper: paper.name,
      case: name,
      figure,
      unit,
      by,
      published,
      least: finite(least),
      most: finite(most),
      values,
      measured,
      difference: measured === null || typeof published !== 'number' ? null : measured.mean / published - 1,
      verdict: judge(measured, comparison),
    };
  });
}

/**
 * `unclear`: the mean is outside, but its interval reaches in, or there is none, as of one seed; of a direction in words
 * also when it reaches out. `shown`:
 * there is nothing to compare it with.
 */
function judge(measured: Repeated | null, { published, least, most }: Comparison): PaperVerdict {
  if (measured === null) return 'no data';
  if (published === null) return 'shown';
  const { mean, ci95 } = measured;
  const half = ci95 ?? 0;
  const reachesOut = mean - half < least || mean + half > most;
  if (mean >= least && mean <= most)
    return typeof published === 'string' && reachesOut ? 'unclear' : 'agrees';
  if (ci95 === null) return 'unclear';
  return mean + half >= least && mean - half <= most ? 'unclear' : 'differs';
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
