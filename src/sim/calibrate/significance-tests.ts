/** Statistical tests: whether what was measured may be what was configured. */

export interface TestResult {
  /** The statistic. */
  readonly statistic: number;
  /** Probability of a statistic at least as extreme if there is no difference. */
  readonly p: number;
}

/**
 * Two-sample Kolmogorov and Smirnov: `statistic` is the largest distance between the two empirical distributions.
 * `p` by the asymptotic distribution with Stephens' correction for small samples (J. Royal Stat. Soc. B 32, 1970).
 * Both samples need at least one value.
 */
export function ksTwoSample(first: readonly number[], second: readonly number[]): TestResult {
  const a = first.toSorted((x, y) => x - y);
  const b = second.toSorted((x, y) => x - y);
  let statistic = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i]! <= value) i++;
    while (j < b.length && b[j]! <= value) j++;
    statistic = Math.max(statistic, Math.abs(i / a.length - j / b.length));
  }
  const root = Math.sqrt((a.length * b.length) / (a.length + b.length));
  return { statistic, p: kolmogorovTail((root + 0.12 + 0.11 / root) * statistic) };
}

/** Probability that Kolmogorov's statistic is above x. */
function kolmogorovTail(x: number): number {
  // The series does not converge there, and is 1 to many digits.
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-12) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}

/**
 * Exact binomial test, two-sided: `statistic` is the share of successes, `p` twice the smaller tail, at most 1.
 * `trials` ≥ 1; `probability` strictly between 0 and 1.
 */
export function binomialTest(successes: number, trials: number, probability: number): TestResult {
  const atMost = binomialTail(successes, trials, probability, 'lower');
  const atLeast = binomialTail(successes, trials, probability, 'upper');
  return { statistic: successes / trials, p: Math.min(1, 2 * Math.min(atMost, atLeast)) };
}

/** Terms fall off from the mode on, so summing away from `successes` may stop when they no longer count. */
function binomialTail(
  successes: number,
  trials: number,
  probability: number,
  side: 'lower' | 'upper',
): number {
  const step = side === 'lower' ? -1 : 1;
  const odds = probability / (1 - probability);
  let logTerm = logBinomial(trials, successes) + successes * Math.log(probability);
  logTerm += (trials - successes) * Math.log(1 - probability);
  let term = Math.exp(logTerm);
  let sum = 0;
  for (let k = successes; k >= 0 && k <= trials; k += step) {
    sum += term;
    term *= step === 1 ? ((trials - k) / (k + 1)) * odds : k / ((trials - k + 1) * odds);
  }
  return Math.min(1, sum);
}

function logBinomial(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= Math.min(k, n - k); i++) sum += Math.log(n - i + 1) - Math.log(i);
  return sum;
}
