/** Summaries of samples. Quantiles are of R's type 7 (linear interpolation between order statistics). */
import { mean, quantileSorted, sampleStandardDeviation, sum } from 'simple-statistics';
import { CONFIDENCE, tQuantile } from './confidence.ts';

/** How the values of a sample are spread, in the unit of the sample. */
export interface Distributed {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly mean: number;
  readonly p95: number;
  readonly max: number;
}

/** null for an empty sample. */
export function distributed(values: readonly number[]): Distributed | null {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length === 0) return null;
  return {
    count: sorted.length,
    min: sorted[0]!,
    median: quantileSorted(sorted, 0.5),
    mean: mean(sorted),
    p95: quantileSorted(sorted, 0.95),
    max: sorted.at(-1)!,
  };
}

/**
 * Jain's fairness index `(Σx)² / (n·Σx²)`, from 1/n (one has everything) to 1 (all have the same).
 * Jain, Chiu & Hawe, DEC TR-301 (1984). null when the sample is empty or all its values are 0.
 */
export function jainIndex(values: readonly number[]): number | null {
  const largest = Math.max(0, ...values);
  if (largest === 0) return null;
  // Scaled to the largest, so that squares neither overflow nor vanish.
  const scaled = values.map((value) => value / largest);
  const index = sum(scaled) ** 2 / (scaled.length * sum(scaled.map((value) => value * value)));
  return Math.min(1, Math.max(1 / scaled.length, index));
}

export interface Repeated {
  readonly count: number;
  readonly mean: number;
  /** Of the sample (n − 1); null for a single value. */
  readonly sd: number | null;
  /** Half the width of the 95 % confidence interval of the mean, by Student's t; null for a single value. */
  readonly ci95: number | null;
  readonly min: number;
  readonly max: number;
}

/** Summary of one figure over independent repeats; null for an empty sample. */
export function repeated(values: readonly number[]): Repeated | null {
  const count = values.length;
  if (count === 0) return null;
  const sd = count > 1 ? sampleStandardDeviation([...values]) : null;
  const ci95 = sd === null ? null : (tQuantile(CONFIDENCE, count - 1) * sd) / Math.sqrt(count);
  return { count, mean: mean([...values]), sd, ci95, min: Math.min(...values), max: Math.max(...values) };
}
