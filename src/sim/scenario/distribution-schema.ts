/** How a link's or a session's quantity is written: one value for all peers, or a distribution to draw from. */
import { z } from 'zod';
import type { DrawnDistribution } from '../plan/distributions.ts';
import type { Distribution } from '../plan/plan.ts';
import { about, oneOf, quantity, type Limits } from './about.ts';
import type { UnitKind } from './units.ts';

function forms(kind: UnitKind, limits: Limits) {
  const value = (description: string) => quantity(kind, limits, { description });
  const positive = (max: number, description: string, examples: readonly number[]) =>
    z.number().positive().max(max).meta(about({ description, examples }));
  return {
    uniform: z
      .strictObject({ min: value('Smallest value.'), max: value('Largest value.') })
      .superRefine(({ min, max }, context) => {
        if (min <= max) return;
        context.addIssue({
          code: 'custom',
          path: ['min'],
          message: 'is above max',
          params: { suggestion: 'exchange the two' },
        });
      })
      .optional()
      .meta(about({ description: 'Every value between min and max as likely.' })),
    normal: z
      .strictObject({ mean: value('Mean before truncation.'), sd: value('Standard deviation.') })
      .optional()
      .meta(about({ description: 'The bell curve, cut off at 0.' })),
    lognormal: z
      .strictObject({
        median: value('Half of the draws are below.'),
        sigma: positive(5, 'Standard deviation of the logarithm.', [0.5]),
      })
      .optional()
      .meta(about({ description: 'Skewed to the right: the logarithm is normal.' })),
    exponential: z
      .strictObject({ mean: value('Mean.') })
      .optional()
      .meta(about({ description: 'Memoryless.' })),
    pareto: z
      .strictObject({
        min: value('Smallest value.'),
        alpha: positive(
          100,
          'Tail exponent: the smaller, the heavier the tail; no mean at 1 and below.',
          [1.5],
        ),
      })
      .optional()
      .meta(about({ description: 'Heavy-tailed.' })),
  };
}

/** The one form that is present; whatever, when a mistake has been reported. */
function toDistribution(written: Readonly<Record<string, object | undefined>>) {
  const [kind, parameters] = Object.entries(written).find(([, form]) => form !== undefined) ?? [];
  return kind === undefined ? constant(0) : { kind, ...parameters };
}

const constant = (value: number): Distribution => ({ kind: 'constant', value });

/** A quantity of a link: constant, or drawn for each peer. */
export function linkQuantity(kind: UnitKind, limits: Limits) {
  return z.union([quantity(kind, limits).transform(constant), distribution(kind, limits)]);
}

/** A distribution that a plan can carry. */
export function distribution(kind: UnitKind, limits: Limits) {
  return z
    .strictObject(forms(kind, limits))
    .superRefine((written, context) => oneOf(written, context, 'the distribution'))
    .transform((written) => toDistribution(written) as Distribution)
    .meta({ minProperties: 1, maxProperties: 1 });
}

/** A length of time in a session: constant, or drawn for each peer from these or a Weibull distribution. */
export function sessionQuantity(kind: UnitKind, limits: Limits) {
  const weibull = z
    .strictObject({
      scale: quantity(kind, limits, { description: '63 % of the draws are below.' }),
      shape: z
        .number()
        .min(0.1)
        .max(10)
        .meta(
          about({ description: 'Below 1: heavier-tailed than exponential; 0.34 to 0.59 in real systems.' }),
        ),
    })
    .optional()
    .meta(about({ description: 'Session lengths as measured in real peer-to-peer systems.' }));
  return z.union([
    quantity(kind, limits).transform((value): DrawnDistribution => constant(value)),
    z
      .strictObject({ ...forms(kind, limits), weibull })
      .superRefine((written, context) => oneOf(written, context, 'the distribution'))
      .transform((written) => toDistribution(written) as DrawnDistribution)
      .meta({ minProperties: 1, maxProperties: 1 }),
  ]);
}
