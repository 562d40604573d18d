/** How a quantity is written: one value for all peers, or a distribution to draw from. */
import { z } from 'zod';
import type { DrawnDistribution } from '../../plan/distributions.ts';
import type { Distribution } from '../../plan/plan.ts';
import { about, knownQuantity, oneOf, quantity, type Limits } from './key-meta.ts';
import { TABLE_ROWS_MAX } from './limits.ts';
import type { UnitKind } from '../../units/quantities.ts';

const filePath = z.string().min(1);

/** By the time of validation a table has been read, or its mistake been told. */
export const tableSchema = z.union([
  filePath,
  z.strictObject({
    file: filePath.meta(
      about({ description: 'Path, relative to the file that names it.', examples: ['latencies.csv'] }),
    ),
    column: z
      .string()
      .min(1)
      .optional()
      .meta(
        about({
          description: 'Name of the column, as in the first row.',
          default: 'the only column; in a trace join and leave',
          examples: ['latency'],
        }),
      ),
    unit: z
      .string()
      .min(1)
      .optional()
      .meta(about({ description: 'Unit of numbers that have no unit.', examples: ['ms'] })),
  }),
]);

function forms(kind: UnitKind, limits: Limits) {
  const value = (description: string, example = kind.examples[0]) =>
    quantity(kind, limits, { description, examples: [example] });
  const [low, high] = kind.examples
    .slice(0, 2)
    .sort((a, b) => knownQuantity(kind, a) - knownQuantity(kind, b));
  const positive = (max: number, description: string, examples: readonly number[]) =>
    z.number().positive().max(max).meta(about({ description, examples }));
  return {
    uniform: z
      .strictObject({ min: value('Smallest value.', low), max: value('Largest value.', high) })
      .superRefine(({ min, max }, context) => {
        if (min <= max) return;
        context.addIssue({
          code: 'custom',
          path: ['min'],
          message: 'is above max',
          params: { suggestion: 'swap the two' },
        });
      })
      .optional()
      .meta(about({ description: 'Every value between min and max is equally likely.' })),
    normal: z
      .strictObject({ mean: value('Mean before truncation.', high), sd: value('Standard deviation.', low) })
      .optional()
      .meta(about({ description: 'The bell curve, cut off at 0.' })),
    lognormal: z
      .strictObject({
        median: value('Half of the draws are below it.'),
        sigma: positive(5, 'Standard deviation of the logarithm.', [0.5]),
      })
      .optional()
      .meta(about({ description: 'Skewed to the right: the logarithm of a draw is normal.' })),
    exponential: z
      .strictObject({ mean: value('Mean.') })
      .optional()
      .meta(about({ description: 'Memoryless.' })),
    pareto: z
      .strictObject({
        min: value('Smallest value.'),
        alpha: positive(
          100,
          'Tail exponent: the smaller, the heavier the tail. At 1 and below there is no mean.',
          [1.5],
        ),
      })
      .optional()
      .meta(about({ description: 'Heavy-tailed.' })),
    samples: z
      .array(quantity(kind, limits))
      .min(1)
      .max(TABLE_ROWS_MAX)
      .optional()
      .meta(
        about({
          description: 'One of these values, all equally likely.',
          range: `1 to ${TABLE_ROWS_MAX} values`,
          examples: [kind.examples.slice(0, 2)],
        }),
      ),
    csv: tableSchema.optional().meta(
      about({
        description: `One of the values in a column of a CSV file, each row equally likely. At most ${TABLE_ROWS_MAX} rows; a row of names may come first.`,
        examples: ['measured.csv', { file: 'measured.csv', column: 'value', unit: kind.usual[0] }],
      }),
    ),
  };
}

/** The one form that is present; whatever, when a mistake has been reported. */
function toDistribution(written: Readonly<Record<string, unknown>>): unknown {
  const [kind, parameters] = Object.entries(written).find(([, form]) => form !== undefined) ?? [];
  if (kind === 'samples') return { kind, values: parameters };
  return kind === undefined || kind === 'csv' ? constant(0) : { kind, ...(parameters as object) };
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

/** A length of time in a session or a fault: constant, or drawn from these or a Weibull distribution. */
export function sessionQuantity(kind: UnitKind, limits: Limits) {
  const weibull = z
    .strictObject({
      scale: quantity(kind, limits, { description: '63 % of the draws are below it.' }),
      shape: z
        .number()
        .min(0.1)
        .max(10)
        .meta(
          about({
            description: 'Below 1: heavier-tailed than exponential; 0.34 to 0.59 in real systems.',
            examples: [0.5],
          }),
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
