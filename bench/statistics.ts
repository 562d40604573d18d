/**
 * The statistics of the benchmarks. Rates and times scatter in proportion to their size, so everything that compares
 * works on logarithms: a mean is then geometric, and a difference of means is a ratio.
 */
import { mean, sampleVariance } from 'simple-statistics';
import { CONFIDENCE, tQuantile, welchDifference } from '../src/sim/analyse/confidence.ts';

export interface Interval {
  readonly estimate: number;
  /** The bounds of the 95 % confidence interval. */
  readonly low: number;
  readonly high: number;
}

export interface Change extends Interval {
  /** Two-sided probability of a difference at least as large if there were none. */
  readonly p: number;
}

/** Mean with Student's t interval; null for fewer than two values, which tell nothing about their scatter. */
export function meanInterval(values: readonly number[]): Interval | null {
  if (values.length < 2) return null;
  const estimate = mean([...values]);
  const half =
    tQuantile(CONFIDENCE, values.length - 1) * Math.sqrt(sampleVariance([...values]) / values.length);
  return { estimate, low: estimate - half, high: estimate + half };
}

/**
 * The ratio of paired values (each pair measured one after the other, so that both met the same state of the host):
 * geometric mean of the single ratios, with Student's t interval of their logarithms. null for fewer than two pairs.
 * All values must be above 0.
 */
export function pairedRatio(over: readonly number[], under: readonly number[]): Interval | null {
  return exponential(meanInterval(over.map((value, at) => Math.log(value / under[at]!))));
}

/**
 * Ratio `after / before` of geometric means, with Welch's unequal-variances t interval of the logarithms (Welch,
 * Biometrika 34, 1947; degrees of freedom after Satterthwaite). null when either side has fewer than two values.
 * All values must be above 0.
 */
export function welchRatio(before: readonly number[], after: readonly number[]): Change | null {
  const difference = welchDifference(before.map(Math.log), after.map(Math.log));
  return difference === null ? null : { ...exponential(difference), p: difference.p };
}

function exponential(interval: Interval): Interval;
function exponential(interval: Interval | null): Interval | null;
function exponential(interval: Interval | null): Interval | null {
  if (interval === null) return null;
  return {
    estimate: Math.exp(interval.estimate),
    low: Math.exp(interval.low),
    high: Math.exp(interval.high),
  };
}
