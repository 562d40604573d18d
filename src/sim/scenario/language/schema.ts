/** The scenario language, as written in YAML. The JSON Schema and the reference page are generated from it. */
import { z } from 'zod';
import { trackerDefaults } from '../../../core/tracker/options.ts';
import { about, quantity } from './key-meta.ts';
import { experimentKeys } from './experiment-schema.ts';
import { faultSchema } from './fault-schema.ts';
import { defaultsSchema, groupSchema } from './group-schema.ts';
import { GROUP_NAME, PEERS_MAX } from './limits.ts';
import { regionsSchema } from './region-schema.ts';
import { engineNames, placementNames } from '../../plan/engine-names.ts';
import { durationUnits, shareUnits, sizeUnits } from '../../units/quantities.ts';
import { VARIABLE_NAME } from '../source/variables.ts';

export const DEFAULT_TIME_LIMIT_MS = 60_000;
const DEFAULT_SEED = '1';

const seconds = (ms: number): string => `${ms / 1000}s`;

const folderPath = z
  .string()
  .min(1)
  .refine((path) => !path.includes('\0'), { error: 'is not a path' });

const contentSchema = z
  .strictObject({
    folders: z
      .array(folderPath)
      .min(1)
      .optional()
      .meta(
        about({
          description:
            'Chunk folders, each with a local_chunks.txt, relative to the directory where you start the program. A folder that is not there is taken from those that come with the laboratory. A run copies the folders and never writes to them.',
          examples: [['folders/folder1', 'folders/folder2', 'folders/folder3']],
        }),
      ),
    generate: z
      .strictObject({
        size: quantity(
          sizeUnits,
          { min: '1B', max: '1TiB' },
          { description: 'Size of the file.', whole: true, examples: ['16MiB'] },
        ),
        chunk_size: quantity(
          sizeUnits,
          { min: '1B', max: '4GiB' },
          {
            description: 'Size of every chunk but the last, which has the rest.',
            default: '256KiB',
            whole: true,
            examples: ['64KiB'],
          },
        ).optional(),
      })
      .optional()
      .meta(
        about({
          description: 'A file of pseudo-random bytes, made from the seed.',
          examples: [{ size: '16MiB', chunk_size: '64KiB' }],
        }),
      ),
  })
  .superRefine(({ folders, generate }, context) => {
    if ((folders === undefined) !== (generate === undefined)) return;
    const message =
      folders === undefined ? 'has neither folders nor generate' : 'has both folders and generate';
    context.addIssue({ code: 'custom', message, params: { suggestion: 'give one of the two' } });
  });

const trackerSchema = z.strictObject({
  edition: z
    .enum(['plain', 'hashed'])
    .default(trackerDefaults.edition)
    .meta(
      about({
        description: 'Edition of the spec protocol that spec peers speak in this run.',
        default: trackerDefaults.edition,
      }),
    ),
  agreement: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .meta(
      about({
        description:
          "Number of holders that must agree on a chunk's hash before the tracker lists any of them.",
        default: '1 in the plain edition, 2 in the hashed one',
        examples: [1],
      }),
    ),
  announce_interval: quantity(
    durationUnits,
    { min: '100ms', max: '24h' },
    {
      description: 'Swarm peers announce themselves again after this time.',
      default: seconds(trackerDefaults.announceIntervalMs),
      examples: ['2s'],
    },
  ).optional(),
  silence_limit: quantity(
    durationUnits,
    { min: '200ms', max: '24h' },
    {
      description:
        'The tracker forgets a swarm peer that has been silent for this long. Must be above announce_interval.',
      default: `${seconds(trackerDefaults.silenceLimitMs)}, or 3 times a given announce_interval`,
      examples: ['6s'],
    },
  ).optional(),
  peers_per_answer: z
    .int()
    .min(1)
    .max(1000)
    .default(trackerDefaults.peersPerAnswer)
    .meta(
      about({
        description: 'Most peers in one answer of the tracker.',
        default: trackerDefaults.peersPerAnswer,
        examples: [20],
      }),
    ),
});

const engineName = z
  .enum(engineNames)
  .default(engineNames[0])
  .meta(
    about({
      description:
        '`threads`: each peer in a worker thread of its own, on real sockets, in real time. `virtual`: the same peers and tracker in virtual time, deterministic, as fast as the processor allows. `cluster`: as `threads`, with the peers spread over the agents of a cluster (`--cluster`).',
      default: engineNames[0],
    }),
  );

const engineSchema = z.strictObject({
  name: engineName,
  peers_per_worker: z
    .union([z.int().min(1).max(1000), z.literal('auto')])
    .default('auto')
    .meta(
      about({
        description:
          'Peers that share a worker thread. `auto`: one, as long as the machine carries a thread for each peer (32 a core, memory for all, and no more processor time than there is while links are busy), otherwise several; `--plan` and the report say how many and why. In virtual time there are no such threads, so it has no effect.',
        default: 'auto',
        range: '1 to 1000',
        examples: [8],
      }),
    ),
  slice: quantity(
    durationUnits,
    { min: '1ms', max: '100ms' },
    {
      description:
        'On sockets, a rate lets go of what it carries in such a time at once, at least 1,460 bytes: a burst is at most one slice. Shorter slices cost more processor time, longer ones less. The report says which slice a run had. Virtual time needs none and refuses it.',
      default: '1ms for each limited up or down of all peers together, at most 10ms',
      examples: ['1ms'],
    },
  ).optional(),
  placement: z
    .enum(placementNames)
    .optional()
    .meta(
      about({
        description:
          'Which peers live on which host of a cluster. `spread`: peer after peer, each on the next host. `pack`: as many as a host carries (32 for each core), then the next host. `region`: a host for each region. The other engines have one host, and refuse it.',
        default: 'spread',
        examples: ['region'],
      }),
    ),
});

const scenarioPath = z.string().min(1);

const recordedEvents = z
  .union([z.enum(['all', 'none']), quantity(shareUnits, { min: '0%', max: '100%' })])
  .default('all');

const recordSchema = z.strictObject({
  events: recordedEvents.meta(
    about({
      description:
        'What events.jsonl has. `all`: every event. A share: all events of so many chunks, evenly spaced from chunk 1 on, and every event that is not about one chunk. `none`: there is no such file. The figures of the report are made of all events in any case.',
      default: 'all',
      range: '0% to 100%',
      examples: ['none', '10%'],
    }),
  ),
});

export const scenarioSchema = z
  .strictObject({
    extends: scenarioPath.optional().meta(
      about({
        description:
          'Another scenario, relative to this file. The keys of this file override its keys. Maps are merged key by key; everything else is replaced. A key without a value removes the inherited one.',
        examples: ['flash-crowd.yaml'],
      }),
    ),
    include: z
      .union([scenarioPath, z.array(scenarioPath).min(1).max(100)])
      .optional()
      .meta(
        about({
          description:
            'Files with keys of a scenario, such as links or variables. They are merged as with `extends`, after it and in this order.',
          examples: ['links.yaml', ['links.yaml', 'churn.yaml']],
        }),
      ),
    variables: z
      .record(z.string().regex(VARIABLE_NAME), z.unknown())
      .optional()
      .meta(
        about({
          description:
            'Values by name, for use as `${name}` in any value: see [variables](#variables). A sweep or `--set variables.name=…` changes them.',
          examples: [{ rate: '8Mbit/s', crowd: 12 }],
        }),
      ),
    description: z
      .string()
      .max(500)
      .default('')
      .meta(
        about({
          description: 'One sentence for reports.',
          default: 'empty',
          examples: ['Twelve leechers arrive at once at one seeder.'],
        }),
      ),
    seed: z
      .union([z.string().min(1).max(200), z.int()])
      .transform(String)
      .default(DEFAULT_SEED)
      .meta(
        about({
          description: 'All random values are drawn from it. The same seed gives the same plan.',
          default: Number(DEFAULT_SEED),
          range: 'up to 200 characters, or -9007199254740991 to 9007199254740991',
          examples: [42, 'a-name'],
        }),
      ),
    content: contentSchema.meta(
      about({
        description: 'What the swarm distributes: either `folders` or `generate`.',
        default: 'required, here or in a file of `extends` or `include`',
        examples: [{ generate: { size: '16MiB' } }, { folders: ['folders/folder1', 'folders/folder2'] }],
      }),
    ),
    tracker: trackerSchema.optional().meta(
      about({
        description: 'The tracker.',
        default: 'the defaults of its keys',
        examples: [{ announce_interval: '2s' }],
      }),
    ),
    peers_total: z
      .int()
      .min(1)
      .max(PEERS_MAX)
      .optional()
      .meta(
        about({
          description: 'Number of all peers together, for groups that have a `share`.',
          default: 'the sum of the groups',
          examples: [50],
        }),
      ),
    peers: z
      .record(z.string().regex(GROUP_NAME), groupSchema)
      .optional()
      .meta(
        about({
          description:
            'Groups of peers by name. Peers are called `<group>/<n>`, or `<group>` in a group of one.',
          default: 'with content.folders one peer for each folder: peer1, peer2, …; else required',
          examples: [{ seeder: { holds: 'all' }, leechers: { count: 12 } }],
        }),
      ),
    defaults: defaultsSchema.optional().meta(
      about({
        description: 'Keys of a group that apply to every group without its own.',
        examples: [{ link: { up: '8Mbit/s', latency: '20ms' }, policy: { upload_slots: 8 } }],
      }),
    ),
    regions: regionsSchema.optional().meta(
      about({
        description: 'Delays between regions, for groups that have a `region`.',
        examples: [{ preset: 'cloud' }, { delays: { europe: { america: '45ms' } } }],
      }),
    ),
    faults: z
      .array(faultSchema)
      .min(1)
      .max(1000)
      .optional()
      .meta(
        about({
          description: 'Planned disturbances. Each item is one kind of fault and its time.',
          default: 'none',
          examples: [
            [
              { at: '5s', for: '3s', tracker_down: { forgets: true } },
              { when: 'completed(leechers) >= 50%', crash: { peers: 'seeder' } },
            ],
          ],
        }),
      ),
    time_limit: quantity(
      durationUnits,
      { min: '100ms', max: '24h' },
      {
        description:
          'Latest end of the run. A limit below the lower bound is refused; to see how far the swarm gets by then, use abort_on.',
        default: `the largest of ${seconds(DEFAULT_TIME_LIMIT_MS)}, 10 times the lower bound (see --plan), and 10 times the time that latency alone takes to bring a chunk to the farthest peer`,
        examples: ['30s'],
      },
    ).optional(),
    until: z
      .enum(['complete', 'sessions'])
      .default('complete')
      .meta(
        about({
          description:
            'When the run ends. `complete`: when every peer that must complete has completed. `sessions`: when, in addition, every planned join and return has happened, and peers that lost chunks have them again.',
          default: 'complete',
        }),
      ),
    ...experimentKeys,
    record: recordSchema.optional().meta(
      about({
        description: 'What the report of a run keeps besides its figures.',
        default: 'everything',
        examples: [{ events: 'none' }],
      }),
    ),
    engine: z
      .union([engineName.unwrap(), engineSchema])
      .optional()
      .meta(
        about({
          description: 'The engine that runs the peers: its name, or its settings.',
          default: 'threads',
          examples: ['virtual', { peers_per_worker: 8 }],
        }),
      ),
  })
  .meta({
    title: 'Swarm laboratory scenario',
    description: 'One experiment: content, tracker, peers, links, churn, faults, sweeps and thresholds.',
  });

export type WrittenScenario = z.output<typeof scenarioSchema>;
export type WrittenContent = z.output<typeof contentSchema>;
export { contentSchema };
