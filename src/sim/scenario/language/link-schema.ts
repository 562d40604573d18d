/** The keys of a peer's access link. */
import { z } from 'zod';
import { INITIAL_WINDOW_BYTES } from '../../network/send-window.ts';
import type { Distribution } from '../../plan/plan.ts';
import { about, quantity } from './key-meta.ts';
import { distribution, linkQuantity } from './distribution-schema.ts';
import { LATENCY, RATE, SHARE, TIME } from './limits.ts';
import { durationUnits, rateUnits, shareUnits, sizeUnits } from '../../units/quantities.ts';

export const DEFAULT_SEGMENT_BYTES = 1460;
export const DEFAULT_LOSS_TIMEOUT_MS = 200;

const rate = z.union([
  z.literal('unlimited').transform((): Distribution | null => null),
  linkQuantity(rateUnits, RATE),
]);
const rateAbout = (description: string) =>
  about({
    description,
    default: 'unlimited',
    range: '1kbit/s to 100Gbit/s, or unlimited',
    examples: ['20Mbit/s', { uniform: { min: '5Mbit/s', max: '50Mbit/s' } }],
  });

/** A single duration says how far jitter may go: a constant one would be latency by another name. */
const jitter = z.union([
  quantity(durationUnits, LATENCY).transform((max): Distribution | null =>
    max === 0 ? null : { kind: 'uniform', min: 0, max },
  ),
  distribution(durationUnits, LATENCY),
]);

const loss = z.strictObject({
  probability: quantity(shareUnits, SHARE, {
    description: 'Probability that a segment is lost, in each direction.',
    examples: ['1%'],
  }),
  timeout: quantity(
    durationUnits,
    { min: '1ms', max: '60s' },
    {
      description:
        'How long the connection stalls for a lost segment: the retransmission time-out (at least 1s by RFC 6298, 200ms in Linux).',
      default: `${DEFAULT_LOSS_TIMEOUT_MS}ms`,
      examples: ['200ms'],
    },
  ).optional(),
  segment: quantity(
    sizeUnits,
    { min: '64B', max: '64KiB' },
    {
      description: 'Bytes in a segment.',
      default: `${DEFAULT_SEGMENT_BYTES}B`,
      whole: true,
      examples: ['1460B'],
    },
  ).optional(),
});

const window = z
  .strictObject({
    bytes: quantity(
      sizeUnits,
      { min: '1KiB', max: '1GiB' },
      {
        description:
          'Most unacknowledged bytes of a connection, that is, bytes sent less than a round trip ago.',
        whole: true,
        examples: ['64KiB'],
      },
    ),
    slow_start: z
      .boolean()
      .default(false)
      .meta(
        about({
          description:
            'Whether the window of a connection begins at 10 segments and doubles each round trip, up to `bytes`.',
          default: false,
          range: `true only with bytes above ${INITIAL_WINDOW_BYTES}B`,
        }),
      ),
  })
  .superRefine(({ bytes, slow_start: slowStart }, context) => {
    if (!slowStart || bytes > INITIAL_WINDOW_BYTES) return;
    context.addIssue({
      code: 'custom',
      path: ['slow_start'],
      message: `has no effect: a connection begins with 10 segments (${INITIAL_WINDOW_BYTES} bytes), and bytes allows no more`,
      params: { suggestion: `raise bytes above ${INITIAL_WINDOW_BYTES}B, or remove slow_start` },
    });
  });

const changeAbout = (description: string, examples: readonly unknown[], range: string) =>
  about({ description, default: 'as it is', examples, range });

const change = z
  .strictObject({
    at: quantity(durationUnits, TIME, { description: 'When the change begins, from the start of the run.' }),
    over: quantity(durationUnits, TIME, {
      description: 'How long the change takes. The value changes linearly from what it is at the beginning.',
      default: '0s',
    }).optional(),
    up: linkQuantity(rateUnits, RATE)
      .optional()
      .meta(changeAbout('Upload rate at the end of the change.', ['2Mbit/s'], '1kbit/s to 100Gbit/s')),
    down: linkQuantity(rateUnits, RATE)
      .optional()
      .meta(changeAbout('Download rate at the end of the change.', ['8Mbit/s'], '1kbit/s to 100Gbit/s')),
    latency: linkQuantity(durationUnits, LATENCY)
      .optional()
      .meta(changeAbout('Latency at the end of the change.', ['80ms'], '0ms to 60s')),
  })
  .superRefine(({ up, down, latency }, context) => {
    if (up !== undefined || down !== undefined || latency !== undefined || context.issues.length > 0) return;
    context.addIssue({
      code: 'custom',
      message: 'changes nothing',
      params: { aboutKeys: true, suggestion: 'add up, down or latency' },
    });
  });

export const linkSchema = z.strictObject({
  up: rate.optional().meta(rateAbout('Upload rate of the peer, shared by all its connections.')),
  down: rate.optional().meta(rateAbout('Download rate of the peer, shared by all its connections.')),
  latency: linkQuantity(durationUnits, LATENCY)
    .optional()
    .meta(
      about({
        description:
          'One-way delay of the access link. Between two peers, the delays of both links and that of their regions add up.',
        default: '0ms',
        range: '0ms to 60s',
        examples: ['40ms', { normal: { mean: '40ms', sd: '10ms' } }],
      }),
    ),
  jitter: jitter.optional().meta(
    about({
      description:
        'Delay on top of the latency, drawn anew for every message. It never reorders a connection. A single duration d means uniform from 0 to d.',
      default: '0ms',
      range: '0ms to 60s',
      examples: ['5ms', { exponential: { mean: '3ms' } }],
    }),
  ),
  loss: loss.optional().meta(
    about({
      description: 'Lost segments as a program sees them: the connection stalls until they are sent again.',
      default: 'none',
      examples: [{ probability: '1%', timeout: '200ms' }],
    }),
  ),
  window: window.optional().meta(
    about({
      description: 'TCP window of a connection, which carries at most one window each round trip.',
      default: 'no limit',
      examples: [{ bytes: '64KiB', slow_start: true }],
    }),
  ),
  changes: z
    .array(change)
    .min(1)
    .max(1000)
    .optional()
    .meta(
      about({
        description: 'Changes of the link during the run, for each peer of the group.',
        default: 'none',
        examples: [[{ at: '20s', over: '5s', up: '2Mbit/s' }]],
      }),
    ),
});

export type WrittenLink = z.output<typeof linkSchema>;
