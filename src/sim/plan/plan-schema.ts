/**
 * The plan of a run: a scenario with every random value drawn. Plain data: printed by --plan, kept as plan.json,
 * and the only thing an engine gets. Times count from the start of the distribution. Here its shape is written once:
 * the types of plan.ts and the check of a saved plan come from it. Its keys stand in the order of `expand`, so that a
 * plan that is read and written again is the same text.
 */
import { z } from 'zod';
import { pickerNames } from '../../core/peer/swarm/pickers/pickers.ts';
import { uploadPolicyNames } from '../../core/peer/swarm/upload-policies/upload-policies.ts';
import { engineNames, placementNames } from './engine-names.ts';

export const PLAN_SCHEMA_VERSION = 2;

/** No run is longer, and no key of a scenario allows a later time. */
export const TIME_LIMIT_MS_MAX = 24 * 3600 * 1000;

/** The longest slice of a rate that a scenario may ask for. */
export const SLICE_MS_ASKED_MAX = 100;

const notNegative = z.number().min(0);
const time = notNegative.max(TIME_LIMIT_MS_MAX);
const positive = z.number().positive();
const share = z.number().min(0).max(1);
const text = z.string().min(1);
/** Of peers. */
const names = z.array(text);

/** A drawn-from distribution that is sampled during the run (a second draw a message: jitter). */
const distribution = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), value: notNegative }),
  z.strictObject({ kind: z.literal('uniform'), min: notNegative, max: notNegative }),
  z.strictObject({ kind: z.literal('normal'), mean: notNegative, sd: notNegative }),
  z.strictObject({ kind: z.literal('lognormal'), median: notNegative, sigma: positive }),
  z.strictObject({ kind: z.literal('exponential'), mean: notNegative }),
  z.strictObject({ kind: z.literal('pareto'), min: notNegative, alpha: positive }),
  /** One of these, each as likely: what was measured elsewhere. At least one. */
  z.strictObject({ kind: z.literal('samples'), values: z.array(notNegative).min(1) }),
]);

const comparison = z.enum(['<', '<=', '>', '>=', '==', '!=']);

/** What can be known while the swarm runs. `peers`: names; absent: all that must complete, as things stand. */
const liveFigure = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['completed', 'joined', 'alive']),
    unit: z.enum(['share', 'count']),
    peers: names.exactOptional(),
  }),
  /** Share of the wanted bytes that are here. */
  z.strictObject({ kind: z.literal('progress'), peers: names.exactOptional() }),
  z.strictObject({ kind: z.literal('elapsed') }),
  /** Copies of the rarest chunk among the living. */
  z.strictObject({ kind: z.literal('availability') }),
]);

/** A figure of the run so far, compared. */
const condition = z.strictObject({
  /** As it was written, for reports. */
  text,
  figure: liveFigure,
  comparison,
  /** Shares as 0 to 1, times in ms, rates in bytes/s, sizes in bytes. */
  value: z.number(),
});

/** What a figure of the result must be: `completion.p95 < 30s`. */
const threshold = z.strictObject({
  /** As it was written. */
  text,
  /** Path of the figure: `makespan`, `completion.p95`, `leechers.completion.max`, `(leechers & europe).waste`… */
  metric: text,
  comparison,
  /** In the metric's own unit: ms, bytes, bytes/s, or a share 0 to 1. */
  value: z.number(),
});

/** `peers` are names of peers; shares and counts were drawn into names. `tracker` may stand among sides and resets. */
const effect = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('crash'),
    peers: names,
    /** null: for good. */
    returnAfterMs: notNegative.nullable(),
    keepChunks: z.boolean(),
  }),
  /** As a stopped process: its sockets stay open, nothing answers, nothing is read. */
  z.strictObject({ kind: z.literal('pause'), peers: names }),
  /** Nothing gets from one side to another; what is sent waits, as TCP would send it again after the end. */
  z.strictObject({
    kind: z.literal('partition'),
    sides: z.array(names).min(2),
    /** Only from the first side to the others. */
    oneWay: z.boolean(),
  }),
  /** Multiplies the rates of the link: 0.1 is a tenth. */
  z.strictObject({ kind: z.literal('slow-down'), factor: positive, peers: names }),
  z.strictObject({ kind: z.literal('latency-spike'), addMs: notNegative, peers: names }),
  /** Resets open connections, each with this probability. */
  z.strictObject({ kind: z.literal('reset'), probability: share, peers: names }),
  /** Whatever the peers send or are sent vanishes; nobody is told. */
  z.strictObject({ kind: z.literal('black-hole'), peers: names }),
  /** The tracker's process is stopped, and started again when the fault is over. */
  z.strictObject({ kind: z.literal('tracker-down'), forgets: z.boolean() }),
  /** Flips bytes of chunks that the peers send, each chunk with this probability. */
  z.strictObject({ kind: z.literal('corrupt'), probability: share, peers: names }),
  /** The peers show chunks that they lack, and reject requests for them. */
  z.strictObject({ kind: z.literal('lie'), peers: names }),
  /** The peers never upload. */
  z.strictObject({ kind: z.literal('free-ride'), peers: names }),
  z.strictObject({ kind: z.literal('disk-full'), peers: names }),
  z.strictObject({ kind: z.literal('slow-disk'), bytesPerSec: positive, peers: names }),
]);

/** Something that is done to the swarm. */
const fault = z.strictObject({
  /** As it is called in reports: the scenario's name for it, or `<effect> <number>`. Unique. */
  name: text,
  when: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('time'), atMs: time }),
    /** As soon as it holds (looked at about ten times a second), then after `delayMs`. */
    z.strictObject({ kind: z.literal('condition'), condition, delayMs: time }),
  ]),
  /** How long it lasts; null: to the end of the run, or it is over at once (crash, reset). */
  forMs: positive.nullable(),
  /** Happens `times` more times, each beginning so long after the one before; null: once. */
  again: z.strictObject({ everyMs: positive, times: z.int().min(1) }).nullable(),
  effect,
});

const content = z.discriminatedUnion('kind', [
  /** Real chunk folders, copied for the run. */
  z.strictObject({
    kind: z.literal('folders'),
    /** Relative to the directory where the program was started. */
    folders: z.array(text).min(1),
    totalChunks: z.int().min(1),
    /** Size of chunk i at [i-1]. */
    chunkBytes: z.array(z.int().min(0)),
  }),
  /** Pseudo-random bytes made from the seed. */
  z.strictObject({
    kind: z.literal('generated'),
    totalChunks: z.int().min(1),
    totalBytes: z.int().min(1),
    /** Of every chunk but the last, which has the rest. */
    chunkBytes: z.int().min(1),
    seed: text,
  }),
]);

const leave = z.strictObject({
  how: z.enum(['graceful', 'crash']),
  /** From the start of the run, or from the peer's own completion: from the join of one that comes back complete. */
  from: z.enum(['start', 'completion']),
  afterMs: time,
  /** Whether the next session (if any) finds what this one had downloaded. */
  keepChunks: z.boolean(),
});

/** How a session ends; null: it lasts to the end of the run. */
const ending = leave.nullable();

/** Its time of joining is known before the run. */
const timedSession = z.strictObject({ joinMs: time, leave: ending });

type Timed = z.output<typeof timedSession>;

/** After a session that ends by the peer's own completion, when nobody can know before the run. */
interface Return {
  /** How long the peer stays away, from the end of the session before. */
  awayMs: number;
  /** Never from the start of the run: how long this session would last could not be known. */
  leave: Timed['leave'];
}

/** Written as one map, so that a mistake is told of the key that it is in. */
const laterSession = z
  .strictObject({ joinMs: time.optional(), awayMs: time.optional(), leave: ending })
  .transform((written, context): Timed | Return => {
    const { joinMs, awayMs, leave: end } = written;
    if (joinMs !== undefined && awayMs === undefined) return { joinMs, leave: end };
    if (awayMs !== undefined && joinMs === undefined) return { awayMs, leave: end };
    const params = { suggestion: 'awayMs after a leave from completion, otherwise joinMs' };
    context.addIssue({ code: 'custom', message: 'must have one of joinMs and awayMs', params });
    return z.NEVER;
  });

const link = z.strictObject({
  /** null: not limited. */
  upBytesPerSec: positive.nullable(),
  downBytesPerSec: positive.nullable(),
  /** One way, added to every message in each direction. */
  latencyMs: notNegative,
  /** Added to the latency, drawn for each message in ms; null: none. Never reorders a connection. */
  jitterMs: distribution.nullable(),
  /** Name of a place of `Plan.regions`; its delays are added to the latency. null: nowhere in particular. */
  region: text.nullable(),
  /** Each segment of a connection is lost with a probability; the connection then stalls for a time-out. null: none. */
  loss: z
    .strictObject({
      /** 0 to 1, of each segment of `segmentBytes`, in each direction. */
      probability: share,
      segmentBytes: z.int().min(1),
      /** The retransmission time-out (RFC 6298 has 1 s at least; Linux 200 ms). */
      timeoutMs: positive,
    })
    .nullable(),
  /** What TCP may have in flight on one connection; null: no limit. */
  window: z
    .strictObject({
      /** At most so many bytes of a connection are unacknowledged, that is sent less than a round trip ago. */
      bytes: z.int().min(1),
      /** Begins with 10 segments and doubles each round trip up to `bytes` (RFC 6928, RFC 5681). */
      slowStart: z.boolean(),
    })
    .nullable(),
  /** In order of time. From `atMs` on the value moves in a straight line to this, within `overMs` (0: at once). */
  changes: z.array(
    z.strictObject({
      atMs: time,
      overMs: time,
      /** Absent: stays as it is. */
      upBytesPerSec: positive.exactOptional(),
      downBytesPerSec: positive.exactOptional(),
      latencyMs: notNegative.exactOptional(),
    }),
  ),
});

const peer = z.strictObject({
  /** `<group>/<number>`, numbers from 1; in a group of one just `<group>`. */
  name: text,
  group: text,
  /** Chunks at the start; for `folder`, the folder's position in content.folders. */
  holds: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('all') }),
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({ kind: z.literal('chunks'), indices: z.array(z.int().min(1)) }),
    z.strictObject({ kind: z.literal('folder'), folder: z.int().min(0) }),
  ]),
  protocol: z.enum(['spec', 'swarm']),
  policy: z.strictObject({
    picker: z.enum(pickerNames),
    /** Whom to serve where more want to be served than there are slots. Default: of plans that were saved without it. */
    uploadPolicy: z.enum(uploadPolicyNames).default('tit-for-tat'),
    /** How many peers are served at a time. ≥ 1. */
    uploadSlots: z.int().min(1),
    /** `auto`: a lone seeder shows each chunk to few peers first. */
    superSeeding: z.enum(['auto', 'on', 'off']),
    /** Connections that the peer opens or accepts at most. */
    maxConnections: z.int().min(1),
  }),
  link,
  /** In order, not overlapping. */
  sessions: z.tuple([timedSession], laterSession),
  /**
   * Whether the run counts as incomplete without this peer completing. `unless-gone`: yes, but for a peer that left or
   * was killed for good during the run before it had completed.
   */
  mustComplete: z.literal([true, false, 'unless-gone']),
  /** Seed of the peer's own random stream. */
  seed: text,
});

const tracker = z.strictObject({
  /** The edition of the spec protocol that its spec clients speak. */
  edition: z.enum(['plain', 'hashed']),
  /** How many different holders must agree on a chunk's hash before anybody is told of it. ≥ 1. */
  agreement: z.int().min(1),
  /** Asks swarm peers to announce again after this time. */
  announceIntervalMs: positive,
  /** A swarm peer that has been silent for so long is forgotten. */
  silenceLimitMs: positive,
  /** Most peers in one answer. */
  peersPerAnswer: z.int().min(1),
  seed: text,
});

export const planSchema = z.strictObject({
  schemaVersion: z.literal(PLAN_SCHEMA_VERSION),
  /** `name`: the file's without `.yaml`. */
  scenario: z.strictObject({ name: z.string(), description: z.string() }),
  seed: text,
  content,
  tracker,
  peers: z.array(peer).min(1),
  /** One-way delays between places, [from][to] in ms, within a region too; null: no peer has a region. */
  regions: z
    .strictObject({
      names,
      delayMs: z.array(z.array(notNegative)),
      /** What all peers of the row's region together can send to the column's; null: no limit. Absent: none has one. */
      capacityBytesPerSec: z.array(z.array(positive.nullable())).exactOptional(),
    })
    .nullable(),
  /** What is done to the swarm, in the order of the scenario. */
  faults: z.array(fault),
  /** Sets of peers that thresholds speak of, by their text: `(leechers & europe).completion.p95`. Absent: of none. */
  sets: z.record(z.string(), names.min(1)).exactOptional(),
  /** What the figures of the run must be. */
  expect: z.array(threshold),
  /** The run is given up as soon as one of these holds. */
  abortOn: z.array(condition),
  /** Which of an experiment's runs this is: one cell of a sweep, one of its repeats; null: a run by itself. */
  variant: z
    .strictObject({
      /** `picker=random, slots=4`; `baseline` for the baseline arm. */
      arm: text,
      parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      /** From 1. */
      repeat: z.int().min(1),
    })
    .nullable(),
  /**
   * Draws that were kept within their range, what comes only after the time limit, and keys that concern nobody:
   * sentences. Absent: nothing.
   */
  notices: z.array(text).exactOptional(),
  /** The run ends here at the latest. */
  timeLimitMs: positive.max(TIME_LIMIT_MS_MAX),
  /** The run goes on, when all are complete, until every planned join and return has come. Absent: it ends then. */
  until: z.literal('sessions').exactOptional(),
  record: z
    .strictObject({
      /**
       * Of how many chunks, as a share of all, events.jsonl has the events; what concerns no chunk is always there.
       * `none`: there is no such file.
       */
      events: z.union([z.literal('none'), z.number().min(0).max(1)]),
    })
    .exactOptional(),
  engine: z.strictObject({
    /** Absent: threads. */
    name: z.enum(engineNames).exactOptional(),
    /** Peers that share a worker thread; `auto`: 1 as long as the machine carries a thread for each. */
    peersPerWorker: z.union([z.int().min(1), z.literal('auto')]),
    /** How much of a rate a link lets go at a time, in ms of it. Absent: the engine chooses. */
    sliceMs: z.number().min(1).max(SLICE_MS_ASKED_MAX).exactOptional(),
    /** Which peers live on which host of a cluster. Absent: `spread`. */
    placement: z.enum(placementNames).exactOptional(),
  }),
});
