/** A validated scenario with every default filled in. What is random about it is still to be drawn, by `expand`. */
import type { DrawnDistribution } from '../plan/distributions.ts';
import type { Distribution, PlannedPolicy, PlannedTracker } from '../plan/plan.ts';

export interface Scenario {
  /** The file's name without `.yaml`. */
  readonly name: string;
  readonly description: string;
  readonly seed: string;
  readonly content: ScenarioContent;
  readonly tracker: Omit<PlannedTracker, 'seed'>;
  /** In the order of the file; at least one. */
  readonly groups: readonly PeerGroup[];
  readonly timeLimitMs: number;
  readonly peersPerWorker: number;
}

export type ScenarioContent =
  | {
      readonly kind: 'folders';
      readonly folders: readonly ChunkFolder[];
      readonly totalChunks: number;
      /** Size of chunk i at [i-1]; 0 for a chunk that no folder has. */
      readonly chunkBytes: readonly number[];
    }
  | {
      readonly kind: 'generated';
      readonly totalChunks: number;
      readonly totalBytes: number;
      readonly chunkBytes: number;
    };

export interface ChunkFolder {
  /** As written. */
  readonly path: string;
  readonly totalChunks: number;
  /** Size of each chunk by its index. */
  readonly chunks: ReadonlyMap<number, number>;
}

export interface PeerGroup {
  readonly name: string;
  /** ≥ 1. */
  readonly count: number;
  readonly holds: HeldChunks;
  readonly protocol: 'spec' | 'swarm';
  readonly policy: PlannedPolicy;
  readonly link: GroupLink;
  readonly arrival: Arrival;
  readonly leave: Leave | null;
  readonly comeBack: ComeBack | null;
  readonly mustComplete: boolean;
}

export type HeldChunks =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'chunks'; readonly indices: readonly number[] }
  /** Position in content.folders, from 0. */
  | { readonly kind: 'folder'; readonly folder: number }
  /** A number of different chunks, drawn for each peer. */
  | { readonly kind: 'drawn'; readonly chunks: number };

export interface GroupLink {
  /** Bytes a second; null: not limited. */
  readonly up: Distribution | null;
  readonly down: Distribution | null;
  readonly latencyMs: Distribution;
  /** Goes into the plan as it is. */
  readonly jitterMs: Distribution | null;
}

export type Arrival =
  | { readonly kind: 'spaced'; readonly startMs: number; readonly gapMs: number }
  | { readonly kind: 'poisson'; readonly startMs: number; readonly perSecond: number }
  | { readonly kind: 'uniform'; readonly fromMs: number; readonly toMs: number };

export interface Leave {
  readonly afterMs: DrawnDistribution;
  readonly from: 'join' | 'completion' | 'start';
  readonly how: 'graceful' | 'crash';
}

export interface ComeBack {
  readonly afterMs: DrawnDistribution;
  readonly keepChunks: boolean;
}
