/** The keys of what a fault does: each kind of effect with its targets. */
import { z } from 'zod';
import { about, quantity } from './key-meta.ts';
import { sessionQuantity } from './distribution-schema.ts';
import { LATENCY, PEERS_MAX, RATE, SHARE, TIME } from './limits.ts';
import { peerSet } from './expression-schema.ts';
import { durationUnits, rateUnits, shareUnits } from '../../units/quantities.ts';

const peersAbout = about({
  description: 'The peers that it hits: a [set of peers](#sets-of-peers).',
  examples: ['leechers/3', 'leechers - leechers/1'],
});

const targets = {
  peers: peerSet.meta(peersAbout),
  count: z
    .int()
    .min(1)
    .max(PEERS_MAX)
    .optional()
    .meta(about({ description: 'Only this many of them, drawn at random.', default: 'all', examples: [2] })),
  share: quantity(shareUnits, SHARE, {
    description: 'Only this share of them, drawn at random.',
    default: 'all',
    examples: ['50%'],
  }).optional(),
};

type Written = { readonly count?: number | undefined; readonly share?: number | undefined };

function countOrShare({ count, share }: Written, context: z.RefinementCtx): void {
  if (count === undefined || share === undefined) return;
  const params = { aboutKeys: true, suggestion: 'keep one' };
  context.addIssue({ code: 'custom', message: 'count and share exclude each other', params });
}

/** An effect that needs to know only whom it hits may be written as the set alone. */
const onPeers = z.union([
  peerSet.transform((peers) => ({ peers, count: undefined, share: undefined })),
  z.strictObject(targets).superRefine(countOrShare),
]);

const probability = (description: string, byDefault?: string) =>
  quantity(shareUnits, SHARE, {
    description,
    examples: ['5%'],
    ...(byDefault === undefined ? {} : { default: byDefault }),
  });

const crash = z.union([
  peerSet.transform((peers) => ({
    peers,
    count: undefined,
    share: undefined,
    return_after: undefined,
    keep_chunks: undefined,
  })),
  z
    .strictObject({
      ...targets,
      return_after: sessionQuantity(durationUnits, TIME)
        .optional()
        .meta(
          about({
            description: 'The peers come back after this time.',
            default: 'never',
            range: '0s to 24h',
            examples: ['5s'],
          }),
        ),
      keep_chunks: z
        .boolean()
        .optional()
        .meta(
          about({ description: 'Whether they come back with the chunks that they held.', default: true }),
        ),
    })
    .superRefine((written, context) => {
      countOrShare(written, context);
      if (written.keep_chunks === undefined || written.return_after !== undefined) return;
      const params = { suggestion: 'add return_after, or remove keep_chunks' };
      const message = 'has no effect without return_after: the peers stay away';
      context.addIssue({ code: 'custom', path: ['keep_chunks'], message, params });
    }),
]);

const side = z.union([
  z.literal('rest').transform(() => null),
  peerSet.transform((peers) => ({ peers, count: undefined, share: undefined })),
  z.strictObject(targets).superRefine(countOrShare),
]);

/** By the key of a fault that asks for it. */
export const effects = {
  crash: crash.optional().meta(
    about({
      description: 'Kills the peers. The tracker is not told.',
      examples: ['leechers/3', { peers: 'leechers', share: '50%', return_after: '5s' }],
    }),
  ),
  pause: onPeers.optional().meta(
    about({
      description: 'Pauses the peers: their sockets stay open, but they answer nothing.',
      examples: ['seeder', { peers: 'leechers', count: 2 }],
    }),
  ),
  partition: z
    .strictObject({
      sides: z
        .array(side)
        .min(2)
        .max(100)
        .meta(
          about({
            description:
              'Two or more sets that have no peer in common; the tracker may be in one. `rest`: all peers that are in no other set.',
            examples: [
              ['europe + tracker', 'asia'],
              ['leechers/1-3', 'rest'],
            ],
            range: '2 to 100 sides',
          }),
        ),
      one_way: z
        .boolean()
        .default(false)
        .meta(
          about({
            description: 'Whether only the direction from the first side to the others is cut.',
            default: false,
          }),
        ),
    })
    .optional()
    .meta(
      about({
        description: 'Nothing gets from one side to another until the fault ends. What was sent waits.',
        examples: [{ sides: ['leechers/1-3', 'rest'] }],
      }),
    ),
  slow_down: z
    .strictObject({
      ...targets,
      factor: z
        .number()
        .positive()
        .max(1000)
        .meta(about({ description: 'Multiplies the rates of their links.', examples: [0.1] })),
    })
    .superRefine(countOrShare)
    .optional()
    .meta(about({ description: 'Slows their links down.', examples: [{ peers: 'seeder', factor: 0.1 }] })),
  latency_spike: z
    .strictObject({
      ...targets,
      add: quantity(durationUnits, LATENCY, {
        description: 'Added to the latency of their links.',
        examples: ['200ms'],
      }),
    })
    .superRefine(countOrShare)
    .optional()
    .meta(
      about({
        description: 'Delays everything that they send and receive.',
        examples: [{ peers: 'all', add: '200ms' }],
      }),
    ),
  reset: z
    .strictObject({
      ...targets,
      probability: probability('Probability that a connection is reset.', '100%').optional(),
    })
    .superRefine(countOrShare)
    .optional()
    .meta(
      about({
        description: 'Resets their open connections. The set may contain the tracker.',
        examples: [{ peers: 'leechers', probability: '30%' }],
      }),
    ),
  black_hole: onPeers.optional().meta(
    about({
      description: 'Everything that they send, and everything sent to them, is lost without an error.',
      examples: ['leechers/2'],
    }),
  ),
  tracker_down: z
    .strictObject({
      forgets: z
        .boolean()
        .default(false)
        .meta(
          about({
            description: 'Whether the tracker forgets all peers before it comes back.',
            default: false,
          }),
        ),
    })
    .optional()
    .meta(
      about({
        description: 'Stops the tracker, and starts it again when the fault ends.',
        examples: [{ forgets: true }],
      }),
    ),
  corrupt: z
    .strictObject({
      ...targets,
      probability: probability('Probability that a chunk is damaged when it is sent.'),
    })
    .superRefine(countOrShare)
    .optional()
    .meta(
      about({
        description: 'The peers flip bytes of what they upload.',
        examples: [{ peers: 'leechers/1', probability: '5%' }],
      }),
    ),
  lie: onPeers
    .optional()
    .meta(about({ description: 'The peers announce chunks that they lack.', examples: ['leechers/1'] })),
  free_ride: onPeers
    .optional()
    .meta(about({ description: 'The peers never upload.', examples: [{ peers: 'leechers', share: '20%' }] })),
  disk_full: onPeers
    .optional()
    .meta(about({ description: 'Every write of the peers fails.', examples: ['leechers/1'] })),
  slow_disk: z
    .strictObject({
      ...targets,
      rate: quantity(rateUnits, RATE, { description: 'Rate at which they write.', examples: ['100kB/s'] }),
    })
    .superRefine(countOrShare)
    .optional()
    .meta(
      about({ description: 'Slows their disks down.', examples: [{ peers: 'leechers/1', rate: '100kB/s' }] }),
    ),
};
