/** Student's t distribution and what is built on it: intervals of means, and of differences of means. */
import { gammaln, mean, sampleVariance } from 'simple-statistics';

export const CONFIDENCE = 0.95;

/** Probability that |T| ≥ |t| for Student's T with ν > 0 degrees of freedom (Abramowitz & Stegun 26.7.1). */
export function tTwoSided(t: number, freedom: number): number {
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** The t with P(|T| ≤ t) = `confidence` for ν > 0 degrees of freedom, by bisection. */
export function tQuantile(confidence: number, freedom: number): number {
  let low = 0;
  let high = 1;
  while (tTwoSided(high, freedom) > 1 - confidence) high *= 2;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (tTwoSided(middle, freedom) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
}

export interface Difference {
  /** mean(after) − mean(before). */
  readonly estimate: number;
  /** The bounds of the 95 % confidence interval. */
  readonly low: number;
  readonly high: number;
  /** Two-sided probability of a difference at least as large if there were none. */
  readonly p: number;
}

/**
 * Difference of two means with Welch's unequal-variances t interval (Welch, Biometrika 34, 1947; degrees of freedom
 * after Satterthwaite). null when either side has fewer than two values, which tell nothing about their scatter.
 * Where no value of either side differs from the others the interval is the difference itself.
 */
export function welchDifference(before: readonly number[], after: readonly number[]): Difference | null {
  if (before.length < 2 || after.length < 2) return null;
  const [one, other] = [before, after].map((values) => ({
    mean: mean([...values]),
    ofMean: sampleVariance([...values]) / values.length,
    freedom: values.length - 1,
  })) as [Sample, Sample];
  const estimate = other.mean - one.mean;
  const variance = one.ofMean + other.ofMean;
  if (variance === 0) {
    return { estimate, low: estimate, high: estimate, p: estimate === 0 ? 1 : 0 };
  }
  const freedom = variance ** 2 / (one.ofMean ** 2 / one.freedom + other.ofMean ** 2 / other.freedom);
  const error = Math.sqrt(variance);
  const half = tQuantile(CONFIDENCE, freedom) * error;
  return { estimate, low: estimate - half, high: estimate + half, p: tTwoSided(estimate / error, freedom) };
}

/**
 * Difference of two means of values that belong together in pairs, by Student's t interval of the mean of the differences
 * (Student, Biometrika 6, 1908). What both values of a pair have in common, such as the draws of a seed, does not widen
 * it. null with fewer than two pairs. Where all pairs differ alike the interval is the difference itself.
 *
 * @param after as many values as `before`, in the same order
 */
export function pairedDifference(before: readonly number[], after: readonly number[]): Difference | null {
  const pairs = before.length;
  if (pairs < 2) return null;
  const differences = before.map((value, at) => after[at]! - value);
  const estimate = mean(differences);
  const variance = sampleVariance(differences) / pairs;
  // Rounding alone makes no scatter.
  const noise = Math.max(...before.map(Math.abs), ...after.map(Math.abs)) * ROUNDING;
  if (variance <= noise * noise) {
    const exact = Math.abs(estimate) <= noise ? 0 : estimate;
    return { estimate: exact, low: exact, high: exact, p: exact === 0 ? 1 : 0 };
  }
  const error = Math.sqrt(variance);
  const half = tQuantile(CONFIDENCE, pairs - 1) * error;
  return { estimate, low: estimate - half, high: estimate + half, p: tTwoSided(estimate / error, pairs - 1) };
}

/** Of a value, what sums of doubles may be off. */
const ROUNDING = 1e-12;

interface Sample {
  readonly mean: number;
  /** Variance of the mean. */
  readonly ofMean: number;
  readonly freedom: number;
}

/**
 * Which of several tests are significant when all of them together may err with probability `alpha` at most: Holm's
 * step-down procedure (Scand. J. Statist. 6, 1979). By position, as given.
 */
export function holm(pValues: readonly number[], alpha = 1 - CONFIDENCE): boolean[] {
  const order = pValues.map((_, at) => at).sort((a, b) => pValues[a]! - pValues[b]!);
  const significant = pValues.map(() => false);
  for (const [rank, at] of order.entries()) {
    if (pValues[at]! > alpha / (pValues.length - rank)) break;
    significant[at] = true;
  }
  return significant;
}

/** The regularised incomplete beta function I_x(a, b), 0 ≤ x ≤ 1, by its continued fraction (DLMF 8.17.22). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast only on this side of the bulk.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + gammaln(a + b) - gammaln(a) - gammaln(b));
  let fraction = 0;
  for (let term = FRACTION_TERMS; term >= 1; term--) {
    const m = Math.floor(term / 2);
    const numerator =
      term % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    fraction = numerator / (1 + fraction);
  }
  return front / (a * (1 + fraction));
}

/** Enough for full precision up to some ten thousand degrees of freedom. */
const FRACTION_TERMS = 400;
