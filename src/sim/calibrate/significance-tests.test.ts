import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { sampleDistribution } from '../plan/distributions.ts';
import { binomialTest, ksTwoSample } from './significance-tests.ts';

describe('two-sample Kolmogorov and Smirnov', () => {
  it('agrees with figures worked out by hand', () => {
    expect(ksTwoSample([1, 2, 3, 4], [1, 2, 3, 4]).statistic).toBe(0);
    expect(ksTwoSample([1, 2, 3, 4], [5, 6, 7]).statistic).toBe(1);
    expect(ksTwoSample([1, 2, 3, 4], [3, 4, 5, 6]).statistic).toBe(0.5);
    // Kolmogorov's 5 % point is 1.358.
    const n = 2e5;
    const shifted = Array.from({ length: n }, (_, i) => i + 1.358 * Math.sqrt(2 / n) * n);
    expect(
      ksTwoSample(
        Array.from({ length: n }, (_, i) => i),
        shifted,
      ).p,
    ).toBeCloseTo(0.05, 3);
  });

  it('rejects what is true as often as it says, and finds a small shift', () => {
    const random = seededRandom('ks');
    const draw = (count: number) =>
      Array.from({ length: count }, () => sampleDistribution({ kind: 'exponential', mean: 10 }, random));
    let rejected = 0;
    for (let i = 0; i < 500; i++) if (ksTwoSample(draw(200), draw(300)).p < 0.05) rejected++;
    expect(rejected / 500).toBeGreaterThan(0.02);
    expect(rejected / 500).toBeLessThan(0.09);
    const shifted = draw(1000).map((value) => value + 1);
    expect(ksTwoSample(shifted, draw(1000)).p).toBeLessThan(0.001);
  });
});

describe('the binomial test', () => {
  it('agrees with figures worked out by hand', () => {
    // 8 heads or more of 10: 56 / 1024.
    expect(binomialTest(8, 10, 0.5).p).toBeCloseTo(112 / 1024, 12);
    expect(binomialTest(0, 10, 0.5).p).toBeCloseTo(2 / 1024, 12);
    expect(binomialTest(5, 10, 0.5).p).toBe(1);
  });

  it('holds for many trials', () => {
    expect(binomialTest(1000, 100_000, 0.01).p).toBeGreaterThan(0.95);
    // Two standard deviations above.
    expect(binomialTest(1063, 100_000, 0.01).p).toBeCloseTo(0.047, 2);
    expect(binomialTest(1400, 100_000, 0.01).p).toBeLessThan(1e-6);
  });
});
