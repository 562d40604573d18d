/** Summaries of samples. Quantiles are of R's type 7 (linear interpolation between order statistics). */
import { mean, quantileSorted, sampleStandardDeviation, sum } from 'simple-statistics';
import type { Distributed } from '../measure/result.ts';

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
  const ci95 = sd === null ? null : (tCritical95(count - 1) * sd) / Math.sqrt(count);
  return { count, mean: mean([...values]), sd, ci95, min: Math.min(...values), max: Math.max(...values) };
}

/** The normal quantile at 0.975. (simple-statistics' `probit` is off in the third digit.) */
const NORMAL_975 = 1.959964;

/** Two-sided 95 % points of Student's t for 1 to 30 degrees of freedom, as every table of it has them. */
const T_95 = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604,
  2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555,
  2.0518, 2.0484, 2.0452, 2.0423,
];

/**
 * The two-sided 95 % point of Student's t. Above 30 degrees of freedom by the expansion in 1/ν around the
 * normal quantile (Abramowitz & Stegun 26.7.5), right to three decimals there.
 */
export function tCritical95(degreesOfFreedom: number): number {
  const tabled = T_95[degreesOfFreedom - 1];
  if (tabled !== undefined) return tabled;
  const z = NORMAL_975;
  const nu = degreesOfFreedom;
  return z + (z ** 3 + z) / (4 * nu) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * nu ** 2);
}
