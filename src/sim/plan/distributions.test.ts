import { mean } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { describeDistribution, sampleDistribution, type DrawnDistribution } from './distributions.ts';

const DRAWS = 40_000;
/** Quantiles of the standard normal distribution. */
const Z10 = -1.2815515655;
const Z90 = 1.2815515655;

interface Expected {
  readonly distribution: DrawnDistribution;
  /** All analytic. */
  readonly mean: number;
  readonly q10: number;
  readonly q50: number;
  readonly q90: number;
}

const expectations: readonly Expected[] = [
  { distribution: { kind: 'uniform', min: 10, max: 30 }, mean: 20, q10: 12, q50: 20, q90: 28 },
  {
    distribution: { kind: 'normal', mean: 100, sd: 10 },
    mean: 100,
    q10: 100 + 10 * Z10,
    q50: 100,
    q90: 100 + 10 * Z90,
  },
  // Truncated at its mean: the half-normal distribution.
  {
    distribution: { kind: 'normal', mean: 0, sd: 10 },
    mean: 10 * Math.sqrt(2 / Math.PI),
    q10: 10 * 0.1256613469,
    q50: 10 * 0.6744897502,
    q90: 10 * 1.644853627,
  },
  {
    distribution: { kind: 'lognormal', median: 50, sigma: 0.5 },
    mean: 50 * Math.exp(0.125),
    q10: 50 * Math.exp(0.5 * Z10),
    q50: 50,
    q90: 50 * Math.exp(0.5 * Z90),
  },
  {
    distribution: { kind: 'exponential', mean: 20 },
    mean: 20,
    q10: -20 * Math.log(0.9),
    q50: 20 * Math.LN2,
    q90: 20 * Math.log(10),
  },
  {
    distribution: { kind: 'pareto', min: 5, alpha: 3 },
    mean: 7.5,
    q10: 5 * 0.9 ** (-1 / 3),
    q50: 5 * 2 ** (1 / 3),
    q90: 5 * 10 ** (1 / 3),
  },
  {
    distribution: { kind: 'weibull', scale: 10, shape: 0.5 },
    mean: 20,
    q10: 10 * Math.log(1 / 0.9) ** 2,
    q50: 10 * Math.LN2 ** 2,
    q90: 10 * Math.log(10) ** 2,
  },
];

describe.each(expectations)('$distribution.kind', ({ distribution, ...expected }) => {
  const random = seededRandom(`draws of ${distribution.kind}`);
  const draws = Array.from({ length: DRAWS }, () => sampleDistribution(distribution, random)).sort(
    (a, b) => a - b,
  );

  test('has the mean of theory within 3 %', () => {
    expect(Math.abs(mean(draws) / expected.mean - 1)).toBeLessThan(0.03);
  });

  // The count below a quantile is binomial: one percentage point is four standard deviations or more.
  test('has the 10th, 50th and 90th percentile where theory has them', () => {
    const shareBelow = (value: number): number => draws.filter((draw) => draw < value).length / DRAWS;
    expect(Math.abs(shareBelow(expected.q10) - 0.1)).toBeLessThan(0.01);
    expect(Math.abs(shareBelow(expected.q50) - 0.5)).toBeLessThan(0.01);
    expect(Math.abs(shareBelow(expected.q90) - 0.9)).toBeLessThan(0.01);
  });

  test('is never negative and depends on nothing but the stream', () => {
    expect(draws[0]).toBeGreaterThanOrEqual(0);
    const [one, two] = [seededRandom('x'), seededRandom('x')];
    expect(sampleDistribution(distribution, one)).toBe(sampleDistribution(distribution, two));
  });
});

test('a constant takes nothing from the stream', () => {
  const random = seededRandom('1');
  expect(sampleDistribution({ kind: 'constant', value: 7 }, random)).toBe(7);
  expect(random.next()).toBe(seededRandom('1').next());
});

test('every distribution can be told in words', () => {
  const words = expectations.map(({ distribution }) =>
    describeDistribution(distribution, (value) => `${value} ms`),
  );
  expect(words).toMatchInlineSnapshot(`
    [
      "uniform 10 ms to 30 ms",
      "normal mean 100 ms sd 10 ms",
      "normal mean 0 ms sd 10 ms",
      "lognormal median 50 ms sigma 0.5",
      "exponential mean 20 ms",
      "pareto min 5 ms alpha 3",
      "weibull scale 10 ms shape 0.5",
    ]
  `);
});
