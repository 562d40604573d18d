/**
 * The plan of a run: a scenario with every random value drawn. Plain data: printed by --plan, kept as plan.json,
 * and the only thing an engine gets. Times count from the start of the distribution.
 */

export const PLAN_SCHEMA_VERSION = 1;

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
  | { readonly kind: 'pareto'; readonly min: number; readonly alpha: number };

export interface PlannedLink {
  /** null: not limited. */
  readonly upBytesPerSec: number | null;
  readonly downBytesPerSec: number | null;
  /** One way, added to every message in each direction. */
  readonly latencyMs: number;
  /** Added to the latency, drawn for each message in ms; null: none. Never reorders a connection. */
  readonly jitterMs: Distribution | null;
}

/** One stay of a peer in the swarm. */
export interface PlannedSession {
  readonly joinMs: number;
  /** How the stay ends; null: it lasts to the end of the run. */
  readonly leave: PlannedLeave | null;
}

export interface PlannedLeave {
  readonly how: 'graceful' | 'crash';
  /** From the start of the run, or from the peer's own completion. */
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
  /** At least one; in order, not overlapping. */
  readonly sessions: readonly PlannedSession[];
  /** Whether the run counts as incomplete without this peer completing. */
  readonly mustComplete: boolean;
  /** Seed of the peer's own random stream. */
  readonly seed: string;
}
