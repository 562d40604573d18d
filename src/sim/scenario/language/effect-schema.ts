/** The keys of what a fault does: each kind of effect with its targets. */
import { z } from 'zod';
import { about, quantity } from './key-meta.ts';
import { sessionQuantity } from './distribution-schema.ts';
import { LATENCY, PEERS_MAX, RATE, SHARE, TIME } from './limits.ts';
import { peerSet } from './expression-schema.ts';
import { durationUnits, rateUnits, shareUnits } from '../../units/quantities.ts';

const peersAbout = about({
  description: 'Whom it hits: a [set of peers](#sets-of-peers).',
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
            description: 'They come back after this time.',
            default: 'never',
            range: '0s to 24h',
            examples: ['5s'],
          }),
        ),
      keep_chunks: z
        .boolean()
        .optional()
        .meta(about({ description: 'Whether they come back with what they held.', default: true })),
    })
    .superRefine((written, context) => {
      countOrShare(written, context);
      if (written.keep_chunks === undefined || written.return_after !== undefined) return;
      const params = { suggestion: 'add return_after, or remove keep_chunks' };
      const message = 'has no meaning without return_after: the peers stay away';
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
      description: 'Kills them; the tracker is not told.',
      examples: ['leechers/3', { peers: 'leechers', share: '50%', return_after: '5s' }],
    }),
  ),
  pause: onPeers.optional().meta(
    about({
      description: 'Stops their processes: sockets stay open, nothing answers.',
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
              'Two sets or more with nobody in common; the tracker may be in one. `rest` is everybody who is in no other.',
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
        .meta(about({ description: 'Only from the first side to the others.', default: false })),
    })
    .optional()
    .meta(
      about({
        description: 'Nothing gets from one side to another until it is over; what was sent waits.',
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
      about({ description: 'Delays what they send and get.', examples: [{ peers: 'all', add: '200ms' }] }),
    ),
  reset: z
    .strictObject({
      ...targets,
      probability: probability('With which each connection is reset.', '100%').optional(),
    })
    .superRefine(countOrShare)
    .optional()
    .meta(
      about({
        description: 'Resets their open connections. The tracker may be among them.',
        examples: [{ peers: 'leechers', probability: '30%' }],
      }),
    ),
  black_hole: onPeers.optional().meta(
    about({
      description: 'All that they send, and all that is sent to them, is lost without an error.',
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
        description: 'The tracker is stopped, and started again when it is over.',
        examples: [{ forgets: true }],
      }),
    ),
  corrupt: z
    .strictObject({ ...targets, probability: probability('With which a chunk that is sent is damaged.') })
    .superRefine(countOrShare)
    .optional()
    .meta(
      about({
        description: 'They flip bytes of what they upload.',
        examples: [{ peers: 'leechers/1', probability: '5%' }],
      }),
    ),
  lie: onPeers
    .optional()
    .meta(about({ description: 'They announce chunks that they lack.', examples: ['leechers/1'] })),
  free_ride: onPeers
    .optional()
    .meta(about({ description: 'They never upload.', examples: [{ peers: 'leechers', share: '20%' }] })),
  disk_full: onPeers
    .optional()
    .meta(about({ description: 'They can write nothing more.', examples: ['leechers/1'] })),
  slow_disk: z
    .strictObject({
      ...targets,
      rate: quantity(rateUnits, RATE, { description: 'At which they write.', examples: ['100kB/s'] }),
    })
    .superRefine(countOrShare)
    .optional()
    .meta(
      about({ description: 'Slows their disks down.', examples: [{ peers: 'leechers/1', rate: '100kB/s' }] }),
    ),
};
