/**
 * The plan of a run: a scenario with every random value drawn. Plain data: printed by --plan, kept as plan.json,
 * and the only thing an engine gets. Times count from the start of the distribution.
 */

export const PLAN_SCHEMA_VERSION = 2;

export interface Plan {
  readonly schemaVersion: typeof PLAN_SCHEMA_VERSION;
  readonly scenario: {
    /** The file's name without `.yaml`. */
    readonly name: string;
    readonly description: string;
  };
  readonly seed: string;
  readonly content: PlannedContent;
  readonly tracker: PlannedTracker;
  readonly peers: readonly PlannedPeer[];
  /** One-way delays between places; null: no peer has a region. */
  readonly regions: PlannedRegions | null;
  /** What is done to the swarm, in the order of the scenario. */
  readonly faults: readonly PlannedFault[];
  /** Sets of peers that thresholds speak of, by their text: `(leechers & europe).completion.p95`. Absent: of none. */
  readonly sets?: Readonly<Record<string, readonly string[]>>;
  /** What the figures of the run must be. */
  readonly expect: readonly Threshold[];
  /** The run is given up as soon as one of these holds. */
  readonly abortOn: readonly Condition[];
  /** Which of an experiment's runs this is; null: a run by itself. */
  readonly variant: PlannedVariant | null;
  /**
   * Draws that were kept within their range, what comes only after the time limit, and keys that concern nobody:
   * sentences. Absent: nothing.
   */
  readonly notices?: readonly string[];
  /** The run ends here at the latest. */
  readonly timeLimitMs: number;
  readonly engine: {
    /** Peers that share a worker thread; 1 unless the machine cannot hold a thread for each. */
    readonly peersPerWorker: number;
  };
}

export type PlannedContent =
  | {
      /** Real chunk folders, copied for the run. */
      readonly kind: 'folders';
      /** Relative to the directory where the program was started. */
      readonly folders: readonly string[];
      readonly totalChunks: number;
      /** Size of chunk i at [i-1]. */
      readonly chunkBytes: readonly number[];
    }
  | {
      /** Pseudo-random bytes made from the seed. */
      readonly kind: 'generated';
      readonly totalChunks: number;
      readonly totalBytes: number;
      /** Of every chunk but the last, which has the rest. */
      readonly chunkBytes: number;
      readonly seed: string;
    };

export interface PlannedTracker {
  /** The edition of the classic text that its spec clients speak. */
  readonly edition: 'plain' | 'hashed';
  /** How many different holders must agree on a chunk's hash before anybody is told of it. ≥ 1. */
  readonly agreement: number;
  /** Asks swarm peers to announce again after this time. */
  readonly announceIntervalMs: number;
  /** A swarm peer that has been silent for so long is forgotten. */
  readonly silenceLimitMs: number;
  /** Most peers in one answer. */
  readonly peersPerAnswer: number;
  readonly seed: string;
}

export type PickerName = 'rarest-first' | 'random' | 'sequential';

export interface PlannedPolicy {
  readonly picker: PickerName;
  /** How many peers are served at a time. ≥ 1. */
  readonly uploadSlots: number;
  /** `auto`: a lone seeder shows each chunk to few peers first. */
  readonly superSeeding: 'auto' | 'on' | 'off';
  /** Connections that the peer opens or accepts at most. */
  readonly maxConnections: number;
}

/** A drawn-from distribution that is sampled during the run (a second draw a message: jitter). */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly sd: number }
  | { readonly kind: 'lognormal'; readonly median: number; readonly sigma: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  | { readonly kind: 'pareto'; readonly min: number; readonly alpha: number }
  /** One of these, each as likely: what was measured elsewhere. At least one. */
  | { readonly kind: 'samples'; readonly values: readonly number[] };

export interface PlannedLink {
  /** null: not limited. */
  readonly upBytesPerSec: number | null;
  readonly downBytesPerSec: number | null;
  /** One way, added to every message in each direction. */
  readonly latencyMs: number;
  /** Added to the latency, drawn for each message in ms; null: none. Never reorders a connection. */
  readonly jitterMs: Distribution | null;
  /** Name of a place of `Plan.regions`; its delays are added to the latency. null: nowhere in particular. */
  readonly region: string | null;
  /** What an application sees of lost segments; null: none are lost. */
  readonly loss: PlannedLoss | null;
  /** What TCP may have in flight on one connection; null: no limit. */
  readonly window: PlannedWindow | null;
  /** In order of time. */
  readonly changes: readonly PlannedLinkChange[];
}

/** A link that does nothing: to be spread under what a link has. */
export const unlimitedLink: PlannedLink = {
  upBytesPerSec: null,
  downBytesPerSec: null,
  latencyMs: 0,
  jitterMs: null,
  region: null,
  loss: null,
  window: null,
  changes: [],
};

/** Each segment of a connection is lost with a probability; the connection then stalls for a time-out. */
export interface PlannedLoss {
  /** 0 to 1, of each segment of `segmentBytes`, in each direction. */
  readonly probability: number;
  readonly segmentBytes: number;
  /** The retransmission time-out (RFC 6298 has 1 s at least; Linux 200 ms). */
  readonly timeoutMs: number;
}

export interface PlannedWindow {
  /** At most so many bytes of a connection are unacknowledged, that is sent less than a round trip ago. */
  readonly bytes: number;
  /** Begins with 10 segments and doubles each round trip up to `bytes` (RFC 6928, RFC 5681). */
  readonly slowStart: boolean;
}

/** From `atMs` on the value moves in a straight line from what it then is to this, within `overMs` (0: at once). */
export interface PlannedLinkChange {
  readonly atMs: number;
  readonly overMs: number;
  /** Absent: stays as it is. */
  readonly upBytesPerSec?: number;
  readonly downBytesPerSec?: number;
  readonly latencyMs?: number;
}

export interface PlannedRegions {
  readonly names: readonly string[];
  /** [from][to], one way, in ms; within a region too. */
  readonly delayMs: readonly (readonly number[])[];
}

/** Something that is done to the swarm. */
export interface PlannedFault {
  /** As it is called in reports: the scenario's name for it, or `<effect> <number>`. Unique. */
  readonly name: string;
  readonly when: FaultTrigger;
  /** How long it lasts; null: to the end of the run, or it is over at once (crash, reset). */
  readonly forMs: number | null;
  /** Happens `times` more times, each beginning so long after the one before; null: once. */
  readonly again: { readonly everyMs: number; readonly times: number } | null;
  readonly effect: FaultEffect;
}

export type FaultTrigger =
  | { readonly kind: 'time'; readonly atMs: number }
  /** As soon as it holds (looked at about ten times a second), then after `delayMs`. */
  | { readonly kind: 'condition'; readonly condition: Condition; readonly delayMs: number };

/** `peers` are names of peers; shares and counts were drawn into names. `tracker` may stand among sides and resets. */
export type FaultEffect =
  | {
      readonly kind: 'crash';
      readonly peers: readonly string[];
      /** null: for good. */
      readonly returnAfterMs: number | null;
      readonly keepChunks: boolean;
    }
  /** As a stopped process: its sockets stay open, nothing answers, nothing is read. */
  | { readonly kind: 'pause'; readonly peers: readonly string[] }
  /** Nothing gets from one side to another; what is sent waits, as TCP would send it again after the end. */
  | {
      readonly kind: 'partition';
      readonly sides: readonly (readonly string[])[];
      /** Only from the first side to the others. */
      readonly oneWay: boolean;
    }
  /** Multiplies the rates of the link: 0.1 is a tenth. */
  | { readonly kind: 'slow-down'; readonly peers: readonly string[]; readonly factor: number }
  | { readonly kind: 'latency-spike'; readonly peers: readonly string[]; readonly addMs: number }
  /** Resets open connections, each with this probability. */
  | { readonly kind: 'reset'; readonly peers: readonly string[]; readonly probability: number }
  /** Whatever the peers send or are sent vanishes; nobody is told. */
  | { readonly kind: 'black-hole'; readonly peers: readonly string[] }
  /** The tracker's process is stopped, and started again when the fault is over. */
  | { readonly kind: 'tracker-down'; readonly forgets: boolean }
  /** Flips bytes of chunks that the peers send, each part with this probability. */
  | { readonly kind: 'corrupt'; readonly peers: readonly string[]; readonly probability: number }
  /** The peers show chunks that they lack, and reject requests for them. */
  | { readonly kind: 'lie'; readonly peers: readonly string[] }
  /** The peers never upload. */
  | { readonly kind: 'free-ride'; readonly peers: readonly string[] }
  | { readonly kind: 'disk-full'; readonly peers: readonly string[] }
  | { readonly kind: 'slow-disk'; readonly peers: readonly string[]; readonly bytesPerSec: number };

/** A figure of the run so far, compared. */
export interface Condition {
  /** As it was written, for reports. */
  readonly text: string;
  readonly figure: LiveFigure;
  readonly comparison: Comparison;
  /** Shares as 0 to 1, times in ms, rates in bytes/s, sizes in bytes. */
  readonly value: number;
}

export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** What can be known while the swarm runs. `peers`: names; absent: all that must complete, as things stand. */
export type LiveFigure =
  | {
      readonly kind: 'completed' | 'joined' | 'alive';
      readonly peers?: readonly string[];
      readonly unit: 'share' | 'count';
    }
  /** Share of the wanted bytes that are here. */
  | { readonly kind: 'progress'; readonly peers?: readonly string[] }
  | { readonly kind: 'elapsed' }
  /** Copies of the rarest chunk among the living. */
  | { readonly kind: 'availability' };

/** What a figure of the result must be: `completion.p95 < 30s`. */
export interface Threshold {
  /** As it was written. */
  readonly text: string;
  /** Path of the figure: `makespan`, `completion.p95`, `efficiency`, `leechers.completion.max`, `seeder.uploaded`, `(leechers & europe).waste`… */
  readonly metric: string;
  readonly comparison: Comparison;
  /** In the metric's own unit: ms, bytes, bytes/s, or a share 0 to 1. */
  readonly value: number;
}

/** One cell of a sweep, one of its repeats. */
export interface PlannedVariant {
  /** `picker=random, slots=4`; `baseline` for the baseline arm. */
  readonly arm: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** From 1. */
  readonly repeat: number;
}

/** One stay of a peer in the swarm. */
export type PlannedSession = TimedSession | ReturnSession;

/** Its time of joining is known before the run. */
export interface TimedSession {
  readonly joinMs: number;
  /** How the stay ends; null: it lasts to the end of the run. */
  readonly leave: PlannedLeave | null;
}

/** After a stay that ends by the peer's own completion, when nobody can know before the run. */
export interface ReturnSession {
  /** How long the peer stays away, from the end of the stay before. */
  readonly awayMs: number;
  /** Never from the start of the run: how long this stay would last could not be known. */
  readonly leave: PlannedLeave | null;
}

export interface PlannedLeave {
  readonly how: 'graceful' | 'crash';
  /** From the start of the run, or from the peer's own completion: from the join of one that comes back complete. */
  readonly from: 'start' | 'completion';
  readonly afterMs: number;
  /** Whether the next session (if any) finds what this one had downloaded. */
  readonly keepChunks: boolean;
}

export interface PlannedPeer {
  /** `<group>/<number>`, numbers from 1; in a group of one just `<group>`. */
  readonly name: string;
  readonly group: string;
  /** Chunks at the start; for `folder`, the folder's position in content.folders. */
  readonly holds:
    | { readonly kind: 'all' }
    | { readonly kind: 'none' }
    | { readonly kind: 'chunks'; readonly indices: readonly number[] }
    | { readonly kind: 'folder'; readonly folder: number };
  readonly protocol: 'spec' | 'swarm';
  readonly policy: PlannedPolicy;
  readonly link: PlannedLink;
  /** In order, not overlapping. */
  readonly sessions: readonly [TimedSession, ...PlannedSession[]];
  /**
   * Whether the run counts as incomplete without this peer completing. `unless-gone`: yes, but for a peer that left or
   * was killed for good during the run before it had completed.
   */
  readonly mustComplete: boolean | 'unless-gone';
  /** Seed of the peer's own random stream. */
  readonly seed: string;
}
