/** The keys of a group of peers, and of `defaults`. */
import { z } from 'zod';
import { peerDefaults } from '../../../core/peer/options.ts';
import { pickerNames } from '../../../core/peer/swarm/pickers/pickers.ts';
import { uploadPolicyNames } from '../../../core/peer/swarm/upload-policies/upload-policies.ts';
import { about, oneOf, quantity } from './key-meta.ts';
import { CHUNKS_MAX, GROUP_NAME, PEERS_MAX, SHARE } from './limits.ts';
import { linkSchema } from './link-schema.ts';
import { nearest } from '../source/did-you-mean.ts';
import { arrivalSchema, sessionSchema } from './session-schema.ts';
import { clipped, shareUnits } from '../../units/quantities.ts';

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
          description: 'The chunks of one of content.folders: its path, or its position in the list, from 1.',
          examples: [1, 'folders/folder1'],
        }),
      ),
      share: quantity(shareUnits, SHARE, {
        description: 'This share of all chunks, drawn for each peer.',
      }).optional(),
    })
    .superRefine((written, context) => oneOf(written, context, 'folder or share'))
    .transform(({ folder, share }) =>
      folder === undefined ? { kind: 'share' as const, share: share! } : { kind: 'folder' as const, folder },
    )
    .meta({ minProperties: 1, maxProperties: 1 }),
]);

const policy = z.strictObject({
  picker: z
    .enum(pickerNames)
    .optional()
    .meta(about({ description: 'Which missing chunk to request first.', default: peerDefaults.picker })),
  upload_policy: z
    .enum(uploadPolicyNames)
    .optional()
    .meta(
      about({
        description:
          'Which peers to serve if more ask than there are slots. `tit-for-tat`: those that send most, and one other at random; a seeder serves those that got least. `least-served`: always those that got least.',
        default: peerDefaults.uploadPolicy,
      }),
    ),
  upload_slots: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .meta(
      about({ description: 'Peers served at a time.', default: peerDefaults.uploadSlots, examples: [8] }),
    ),
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
      about({
        description: 'Most connections that the peer opens or accepts.',
        default: peerDefaults.maxConnections,
        examples: [100],
      }),
    ),
});

/** What `defaults` may say for all groups. A group's own keys win, key by key inside policy, link and session. */
const shared = {
  holds: holds.optional().meta(
    about({
      description:
        'Chunks at the start: `all`, `none`, chunk numbers from 1 or ranges of them, a folder, or a random share.',
      default: 'none',
      range: `numbers 1 to ${CHUNKS_MAX}`,
      examples: ['all', '1-6', [1, 2, '7-9'], { folder: 1 }, { share: '50%' }],
    }),
  ),
  protocol: z
    .enum(['swarm', 'spec'])
    .optional()
    .meta(
      about({
        description:
          '`swarm`: persistent connections, many chunks at a time. `spec`: the text protocol of the course assignment, one connection for each chunk.',
        default: 'swarm',
      }),
    ),
  policy: policy.optional().meta(
    about({
      description:
        'How the peer chooses chunks, and which peers it serves. Only for the swarm protocol: in the spec protocol a peer requests its missing chunks in order.',
      default: 'the defaults of its keys',
      examples: [{ picker: 'random', upload_slots: 8 }],
    }),
  ),
  region: z
    .string()
    .min(1)
    .optional()
    .meta(
      about({
        description:
          'Where the peers are: a name of `regions`. The delays between regions are added to those of the links. In a set of peers, the name means all peers of the region.',
        default: 'no region',
        examples: ['frankfurt'],
      }),
    ),
  link: linkSchema.optional().meta(
    about({
      description: "The peer's access link.",
      default: 'no limits and no delays',
      examples: [{ up: '8Mbit/s', latency: '20ms' }],
    }),
  ),
  arrival: arrivalSchema.optional().meta(
    about({
      description:
        'When the peers of the group join: `at`, alone or with `spaced` or `poisson`; or `uniform`; or `trace`.',
      default: 'at 0s',
      examples: [
        { at: '2s' },
        { spaced: '500ms' },
        { poisson: { rate: '2/s' } },
        { uniform: { from: '0s', to: '5s' } },
      ],
    }),
  ),
  session: sessionSchema.optional().meta(
    about({
      description: 'How long the peers stay.',
      default: 'to the end of the run',
      examples: [{ leave: { after: '2s', how: 'crash' }, return: { after: '1s' } }],
    }),
  ),
  must_complete: z
    .boolean()
    .optional()
    .meta(
      about({
        description:
          'Whether the run is complete only with these peers. `false`: they need not complete. `true`: they must, even if they leave.',
        default:
          'they must complete, except those that leave or are killed for good during the run before they have',
      }),
    ),
};

export const defaultsSchema = z.strictObject(shared);

const part = z.strictObject(shared);

const parts = (description: string, examples: readonly unknown[]) =>
  z
    .record(z.string().regex(GROUP_NAME), part)
    .refine((record) => Object.keys(record).length > 0, { error: 'is empty' })
    .meta(about({ description, examples }));

const combine = z.strictObject({
  locations: parts('Keys of a group for each location.', [
    { europe: { link: { latency: '20ms' } }, asia: { link: { latency: '90ms' } } },
  ]),
  profiles: parts('Keys of a group for each profile, that is, each kind of peer.', [
    { dsl: { link: { up: '1Mbit/s' } }, fibre: { link: { up: '100Mbit/s' } } },
  ]),
  per_combination: z
    .int()
    .min(1)
    .max(PEERS_MAX)
    .default(1)
    .meta(about({ description: 'Peers of each location with each profile.', default: 1, examples: [2] })),
});

const share = z.union([
  z.literal('rest').transform(() => null),
  quantity(shareUnits, { min: '0.001%', max: '100%' }),
]);

export const groupSchema = z
  .strictObject({
    count: z
      .int()
      .min(1)
      .max(PEERS_MAX)
      .optional()
      .meta(about({ description: 'Number of peers.', default: 1, examples: [12] })),
    share: share.optional().meta(
      about({
        description:
          'Number of peers as a share of `peers_total`, rounded so that the groups add up to the total; or `rest`: the peers that are left.',
        range: 'above 0% to 100%, or rest',
        examples: ['20%', 'rest'],
      }),
    ),
    combine: combine.optional().meta(
      about({
        description:
          'One group for each pair of a location and a profile, called `<group>-<location>-<profile>`. Keys of a location or profile override those of the group.',
        examples: [
          {
            locations: { europe: { region: 'frankfurt' }, asia: { region: 'tokyo' } },
            profiles: { dsl: { link: { up: '1Mbit/s' } }, fibre: { link: { up: '100Mbit/s' } } },
            per_combination: 2,
          },
        ],
      }),
    ),
    ...shared,
  })
  .superRefine(({ count, share, combine }, context) => {
    const given = Object.entries({ count, share, combine }).filter(([, value]) => value !== undefined);
    if (given.length < 2) return;
    const names = given.map(([key]) => key).join(' and ');
    const suggestion = given.some(([key]) => key === 'combine')
      ? 'keep one; combine.per_combination is the number of peers'
      : 'keep one';
    context.addIssue({
      code: 'custom',
      message: `${names} exclude each other`,
      params: { aboutKeys: true, suggestion },
    });
  });

export type WrittenDefaults = z.output<typeof defaultsSchema>;
export type WrittenCombination = z.output<typeof combine>;
export type WrittenGroup = z.output<typeof groupSchema>;
