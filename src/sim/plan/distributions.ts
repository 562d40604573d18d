/** Random quantities: the models of link properties and session lengths (Stutzbach & Rejaie, IMC 2006, for the latter). */
import { assertNever } from '../../core/errors.ts';
import type { Random } from '../../core/interfaces.ts';
import { pick } from '../../core/random.ts';
import type { Distribution } from './plan.ts';

/** What `expand` draws from: besides the distributions of a plan, those that only sessions have. */
export type DrawnDistribution =
  Distribution | { readonly kind: 'weibull'; readonly scale: number; readonly shape: number };

/**
 * One draw, in the unit of the distribution's parameters; never negative.
 *
 * - `normal` is truncated at 0: a draw below is drawn again, so for sd near the mean the mean of the draws is higher.
 * - `lognormal`: median · exp(sigma · Z), with mean median · exp(sigma²/2).
 * - `pareto`: min · U^(-1/alpha), with mean min · alpha/(alpha - 1) for alpha above 1 and none below.
 * - `samples`: one of the values, each as likely: the empirical distribution.
 * - `weibull`: scale · (-ln U)^(1/shape), with mean scale · Γ(1 + 1/shape).
 */
export function sampleDistribution(distribution: DrawnDistribution, random: Random): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value;
    case 'uniform':
      return distribution.min + random.next() * (distribution.max - distribution.min);
    case 'normal':
      return truncatedNormal(distribution.mean, distribution.sd, random);
    case 'lognormal':
      return distribution.median * Math.exp(distribution.sigma * standardNormal(random));
    case 'exponential':
      return distribution.mean * standardExponential(random);
    case 'pareto':
      return distribution.min * Math.exp(standardExponential(random) / distribution.alpha);
    case 'samples':
      return pick(distribution.values, random) ?? 0;
    case 'weibull':
      return distribution.scale * standardExponential(random) ** (1 / distribution.shape);
    default:
      return assertNever(distribution);
  }
}

/** `normal, mean 50 sd 10`, with each number written by `format`. */
export function describeDistribution(
  distribution: DrawnDistribution,
  format: (value: number) => string,
): string {
  switch (distribution.kind) {
    case 'constant':
      return format(distribution.value);
    case 'uniform':
      return `uniform ${format(distribution.min)} to ${format(distribution.max)}`;
    case 'normal':
      return `normal mean ${format(distribution.mean)} sd ${format(distribution.sd)}`;
    case 'lognormal':
      return `lognormal median ${format(distribution.median)} sigma ${distribution.sigma}`;
    case 'exponential':
      return `exponential mean ${format(distribution.mean)}`;
    case 'pareto':
      return `pareto min ${format(distribution.min)} alpha ${distribution.alpha}`;
    case 'samples':
      return describeSamples(distribution.values, format);
    case 'weibull':
      return `weibull scale ${format(distribution.scale)} shape ${distribution.shape}`;
    default:
      return assertNever(distribution);
  }
}

function describeSamples(values: readonly number[], format: (value: number) => string): string {
  if (values.length <= 4) return `one of ${values.map(format).join(', ')}`;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)]!;
  return `${values.length} samples ${format(sorted[0]!)} to ${format(sorted.at(-1)!)}, median ${format(middle)}`;
}

/** The mean is not below 0, so at least every second draw is kept. */
function truncatedNormal(mean: number, sd: number, random: Random): number {
  for (;;) {
    const value = mean + sd * standardNormal(random);
    if (value >= 0) return value;
  }
}

/** Box and Muller, 1958. Always two draws, so that streams stay aligned. */
function standardNormal(random: Random): number {
  return Math.sqrt(2 * standardExponential(random)) * Math.cos(2 * Math.PI * random.next());
}

function standardExponential(random: Random): number {
  return -Math.log(1 - random.next());
}
