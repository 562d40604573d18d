/** The keys of a group of peers, and of `defaults`. */
import { z } from 'zod';
import { peerDefaults } from '../../core/peer/options.ts';
import type { Distribution } from '../plan/plan.ts';
import { about, oneOf, quantity } from './about.ts';
import { distribution, linkQuantity, sessionQuantity } from './distribution-schema.ts';
import { nearest } from './nearest.ts';
import { clipped, durationUnits, frequencyUnits, rateUnits, shareUnits } from './units.ts';

export const PEERS_MAX = 10_000;
export const CHUNKS_MAX = 1_000_000;
const TIME = { min: '0s', max: '24h' };
const LATENCY = { min: '0ms', max: '60s' };
const RATE = { min: '1kbit/s', max: '100Gbit/s' };

/** `7` and `2-5`, by their numbers. */
export type ChunkRange = readonly [first: number, last: number];

/** A chunk or a range of chunks; `words` are what else may stand in the place. */
function chunkRange(words: readonly string[]) {
  return z
    .union([z.int().min(1).max(CHUNKS_MAX), z.string()])
    .transform((written, context): ChunkRange => {
      if (typeof written === 'number') return [written, written];
      const parts = /^(\d+)(?:\s*-\s*(\d+))?$/.exec(written.trim());
      const first = Number(parts?.[1]);
      const last = Number(parts?.[2] ?? parts?.[1]);
      if (first >= 1 && first <= last && last <= CHUNKS_MAX) return [first, last];
      const range = 'a chunk number from 1, or first-last such as 1-6';
      const word = /\d/.test(written) ? undefined : nearest(written, words);
      context.issues.push({
        code: 'custom',
        input: written,
        message: `"${clipped(written)}" is not ${[...words, 'a range of chunks'].join(' or ')}`,
        params: { suggestion: word === undefined ? `write ${range}` : `did you mean "${word}"?` },
      });
      return z.NEVER;
    })
    .meta({ writtenExamples: [7, '1-6'] });
}

const heldByFolder = z.union([z.string().min(1), z.int().min(1)]);

const holds = z.union([
  z.enum(['all', 'none']).transform((kind) => ({ kind })),
  z.array(chunkRange([])).transform((ranges) => ({ kind: 'chunks' as const, ranges })),
  chunkRange(['all', 'none']).transform((range) => ({ kind: 'chunks' as const, ranges: [range] })),
  z
    .strictObject({
      folder: heldByFolder.optional().meta(
        about({
          description: 'What one of content.folders holds: its path, or its position in the list from 1.',
          examples: [1, 'folders/folder1'],
        }),
      ),
      share: quantity(
        shareUnits,
        { min: '0%', max: '100%' },
        { description: 'This share of all chunks, drawn for each peer.' },
      ).optional(),
    })
    .superRefine((written, context) => oneOf(written, context, 'folder or share'))
    .transform(({ folder, share }) =>
      folder === undefined ? { kind: 'share' as const, share: share! } : { kind: 'folder' as const, folder },
    )
    .meta({ minProperties: 1, maxProperties: 1 }),
]);

const policy = z.strictObject({
  picker: z
    .enum(['rarest-first', 'random', 'sequential'])
    .optional()
    .meta(about({ description: 'Which missing chunk to ask for first.', default: peerDefaults.picker })),
  upload_slots: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .meta(about({ description: 'Peers served at a time.', default: peerDefaults.uploadSlots })),
  super_seeding: z
    .enum(['auto', 'on', 'off'])
    .optional()
    .meta(
      about({
        description: 'Whether a seeder shows each chunk to few peers first. `auto`: a lone seeder does.',
        default: peerDefaults.superSeeding,
      }),
    ),
  max_connections: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .meta(
      about({ description: 'Connections opened or accepted at most.', default: peerDefaults.maxConnections }),
    ),
});

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

const link = z.strictObject({
  up: rate.optional().meta(rateAbout('Upload rate of the peer, shared by all its connections.')),
  down: rate.optional().meta(rateAbout('Download rate of the peer, shared by all its connections.')),
  latency: linkQuantity(durationUnits, LATENCY)
    .optional()
    .meta(
      about({
        description: 'One-way delay of the access link. Between two peers the delays of both add up.',
        default: '0ms',
        range: '0ms to 60s',
        examples: ['40ms', { normal: { mean: '40ms', sd: '10ms' } }],
      }),
    ),
  jitter: jitter.optional().meta(
    about({
      description:
        'Delay on top of the latency, drawn anew for every message; never reorders a connection. A single duration d means uniform from 0 to d.',
      default: '0ms',
      range: '0ms to 60s',
      examples: ['5ms', { exponential: { mean: '3ms' } }],
    }),
  ),
});

const arrival = z
  .strictObject({
    at: quantity(durationUnits, TIME, {
      description: 'When the peers join; with `spaced` or `poisson`, when that begins.',
      default: '0s',
    }).optional(),
    spaced: quantity(durationUnits, TIME, {
      description: 'Time from one peer of the group to the next; the first joins at `at`.',
    }).optional(),
    poisson: z
      .strictObject({
        rate: quantity(
          frequencyUnits,
          { min: '0.01/h', max: '1000/s' },
          { description: 'Mean arrivals in a time.' },
        ),
      })
      .optional()
      .meta(about({ description: 'A Poisson process: exponential gaps, the first of them after `at`.' })),
    uniform: z
      .strictObject({
        from: quantity(durationUnits, TIME, { description: 'Earliest.' }),
        to: quantity(durationUnits, TIME, { description: 'Latest.' }),
      })
      .superRefine(({ from, to }, context) => {
        if (from <= to) return;
        context.addIssue({
          code: 'custom',
          path: ['from'],
          message: 'is after to',
          params: { suggestion: 'exchange the two' },
        });
      })
      .optional()
      .meta(about({ description: 'Every instant between from and to as likely, for each peer by itself.' })),
  })
  .superRefine((written, context) => {
    const { spaced, poisson, uniform } = written;
    const { at } = written;
    if ([spaced, poisson, uniform].every((form) => form === undefined)) return;
    oneOf(uniform === undefined ? { spaced, poisson } : { at, spaced, poisson, uniform }, context, 'arrival');
  });

const leave = z.strictObject({
  after: sessionQuantity(durationUnits, TIME).meta(
    about({
      description: 'How long after `from` the peer leaves.',
      range: '0s to 24h',
      examples: ['2s', { exponential: { mean: '30s' } }, { weibull: { scale: '20s', shape: 0.5 } }],
    }),
  ),
  from: z
    .enum(['join', 'completion', 'start'])
    .default('join')
    .meta(
      about({
        description:
          'What `after` counts from: the joining of the peer, its completion, or the start of the run. A peer that would leave before it has joined leaves as it joins.',
        default: 'join',
      }),
    ),
  how: z
    .enum(['graceful', 'crash'])
    .default('graceful')
    .meta(
      about({
        description:
          '`graceful` tells the tracker and closes its connections; `crash` is killed and tells nobody.',
        default: 'graceful',
      }),
    ),
});

const comeBack = z.strictObject({
  after: sessionQuantity(durationUnits, TIME).meta(
    about({ description: 'How long the peer stays away.', range: '0s to 24h', examples: ['1s'] }),
  ),
  keep_chunks: z
    .boolean()
    .default(true)
    .meta(
      about({
        description:
          'Whether the peer still has what it held when it left; otherwise it starts again as at first.',
        default: true,
      }),
    ),
});

const session = z.strictObject({
  leave: leave.optional().meta(about({ description: 'The peer leaves. Without it, it stays to the end.' })),
  return: comeBack
    .optional()
    .meta(about({ description: 'The peer comes back once, and then stays to the end.' })),
});

/** What `defaults` may say for all groups. A group's own keys win, key by key inside policy, link and session. */
const shared = {
  holds: holds.optional().meta(
    about({
      description:
        'Chunks at the start: `all`, `none`, chunk numbers from 1 or ranges of them, a folder, or a drawn share.',
      default: 'none',
      examples: ['all', '1-6', [1, 2, '7-9'], { folder: 1 }, { share: '50%' }],
    }),
  ),
  protocol: z
    .enum(['swarm', 'spec'])
    .optional()
    .meta(
      about({
        description: '`swarm`: persistent connections, many chunks at a time. `spec`: the classic text.',
        default: 'swarm',
      }),
    ),
  policy: policy.optional().meta(
    about({
      description:
        'How the peer chooses chunks and whom to serve. For the swarm protocol only: by the spec protocol a peer asks for its missing chunks in turn.',
    }),
  ),
  link: link.optional().meta(about({ description: "The peer's access link." })),
  arrival: arrival.optional().meta(
    about({
      description:
        'When the peers of the group join: `at`, alone or with `spaced` or `poisson`; or `uniform`.',
      default: 'at 0s',
      examples: [
        { at: '2s' },
        { spaced: '500ms' },
        { poisson: { rate: '2/s' } },
        { uniform: { from: '0s', to: '5s' } },
      ],
    }),
  ),
  session: session.optional().meta(
    about({
      description: 'How long the peers stay.',
      examples: [{ leave: { after: '2s', how: 'crash' }, return: { after: '1s' } }],
    }),
  ),
  must_complete: z
    .boolean()
    .optional()
    .meta(
      about({
        description: 'Whether the run is incomplete as long as these peers are.',
        default:
          'true; false for peers that leave for good at a time which does not wait for their completion (from join or start)',
      }),
    ),
};

export const defaultsSchema = z.strictObject(shared);

export const groupSchema = z.strictObject({
  count: z
    .int()
    .min(1)
    .max(PEERS_MAX)
    .default(1)
    .meta(about({ description: 'Number of peers.', default: 1, examples: [12] })),
  ...shared,
});

export type WrittenDefaults = z.output<typeof defaultsSchema>;
export type WrittenGroup = z.output<typeof groupSchema>;
