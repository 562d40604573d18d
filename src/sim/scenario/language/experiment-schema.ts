/** The keys that make several runs of one scenario, and judge them. */
import { z } from 'zod';
import { shareUnits } from '../../units/quantities.ts';
import { about, quantity } from './key-meta.ts';
import { condition, threshold } from './expression-schema.ts';

export const ARMS_MAX = 1000;
const REPEATS_MAX = 10_000;

const scalar = z.union([z.number(), z.string().min(1)]);
const END_RANGE = 'any, with or without a unit; above 0 with `scale: geometric`';

const range = z.strictObject({
  from: scalar.meta(about({ description: 'First value.', range: END_RANGE, examples: ['1Mbit/s', 2] })),
  to: scalar.meta(
    about({ description: 'Last value, in the same unit.', range: END_RANGE, examples: ['16Mbit/s', 32] }),
  ),
  steps: z
    .int()
    .min(2)
    .max(ARMS_MAX)
    .meta(about({ description: 'Number of values, with both ends.', examples: [5] })),
  scale: z
    .enum(['linear', 'geometric'])
    .default('linear')
    .meta(
      about({ description: '`linear`: equal differences. `geometric`: equal ratios.', default: 'linear' }),
    ),
});

const values = z
  .union([z.array(z.unknown()).min(1).max(ARMS_MAX), range])
  .meta({ writtenExamples: [[1, 4, 16], { from: 1, to: 16, steps: 3 }] });

const dimensions = (description: string) =>
  z
    .record(z.string().min(1), values)
    .optional()
    .meta(
      about({
        description,
        examples: [
          {
            'defaults.policy.picker': ['rarest-first', 'random'],
            'peers.leechers.count': { from: 2, to: 32, steps: 5, scale: 'geometric' },
          },
        ],
      }),
    );

const repeatCount = z.int().min(1).max(REPEATS_MAX);

const adaptiveRepeat = z
  .strictObject({
    until: quantity(
      shareUnits,
      { min: '0.1%', max: '50%' },
      {
        description:
          'Repeats all arms until, in every arm, half the 95 % interval of the mean is at most this share of the mean.',
        examples: ['5%'],
      },
    ),
    metric: z
      .string()
      .min(1)
      .default('makespan')
      .meta(
        about({
          description: 'The figure to measure, by its [path](metrics.md#paths-of-metrics).',
          default: 'makespan',
          examples: ['completion.median'],
        }),
      ),
    at_least: z
      .int()
      .min(2)
      .max(REPEATS_MAX)
      .default(3)
      .meta(about({ description: 'Fewest runs of each arm.', default: 3, examples: [5] })),
    at_most: z
      .int()
      .min(2)
      .max(REPEATS_MAX)
      .meta(about({ description: 'Most runs of each arm.', examples: [20] })),
  })
  .superRefine(({ at_least: least, at_most: most }, context) => {
    if (least <= most) return;
    const params = { suggestion: `allowed: ${least} to ${REPEATS_MAX}` };
    context.addIssue({ code: 'custom', path: ['at_most'], message: `is below at_least, ${least}`, params });
  });

export const experimentKeys = {
  sweep: z
    .strictObject({
      product: dimensions('Every combination of the values.'),
      zip: dimensions('The first values of all lists together, then the second, and so on.'),
    })
    .superRefine(({ product, zip }, context) => {
      if (Object.keys({ ...product, ...zip }).length > 0 || context.issues.length > 0) return;
      const params = { aboutKeys: true, suggestion: 'add product or zip with paths and their values' };
      context.addIssue({ code: 'custom', message: 'sweeps over nothing', params });
    })
    .optional()
    .meta(
      about({
        description:
          'Runs the scenario once for each combination of values. Keys are paths, as in `--set`. Values are a list, or a range between two numbers; whole numbers without a unit give whole numbers. With both product and zip, each row of zip is combined with the whole product.',
        examples: [{ product: { 'defaults.policy.upload_slots': [1, 4, 16] } }],
      }),
    ),
  repeat: z
    .union([repeatCount, adaptiveRepeat])
    .default(1)
    .meta(
      about({
        description:
          'Runs of each arm, with derived seeds: a number of runs, or until a figure is known well enough.',
        default: 1,
        range: '1 to 10000',
        examples: [5, { until: '5%', at_most: 20 }],
      }),
    ),
  baseline: z
    .record(z.string().min(1), z.unknown())
    .optional()
    .meta(
      about({
        description:
          'One more arm, with which those of the sweep are compared: this scenario with these paths set. `{}`: the scenario as it is.',
        default: 'none',
        examples: [{ 'defaults.policy.picker': 'random' }],
      }),
    ),
  expect: z
    .array(threshold)
    .min(1)
    .max(1000)
    .optional()
    .meta(
      about({
        description: '[Thresholds](#thresholds) that the figures must meet.',
        default: 'none',
        examples: [['completion.p95 < 30s', 'integrity == 100%']],
      }),
    ),
  abort_on: z
    .array(condition)
    .min(1)
    .max(100)
    .optional()
    .meta(
      about({
        description: 'The run is given up as soon as one of these [conditions](#conditions) is true.',
        default: 'none',
        examples: [['availability < 1']],
      }),
    ),
};
