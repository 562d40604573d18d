/** A validated scenario with every default filled in. What is random about it is still to be drawn, by `expand`. */
import type { DrawnDistribution } from '../../plan/distributions.ts';
import type { placementNames } from '../../plan/engine-names.ts';
import type {
  Distribution,
  PlannedLoss,
  PlannedPolicy,
  PlannedRegions,
  PlannedTracker,
  PlannedVariant,
  PlannedWindow,
  Threshold,
  EngineName,
} from '../../plan/plan.ts';
import type { ScenarioCondition } from '../expressions/conditions.ts';
import type { PeerSet } from '../expressions/peer-sets.ts';

export interface Scenario {
  /** The file's name without `.yaml`. */
  readonly name: string;
  readonly description: string;
  readonly seed: string;
  readonly content: ScenarioContent;
  readonly tracker: Omit<PlannedTracker, 'seed'>;
  /** In the order of the file; at least one. */
  readonly groups: readonly PeerGroup[];
  /** Of the regions in which there are peers; null: of none. */
  readonly regions: PlannedRegions | null;
  readonly faults: readonly ScenarioFault[];
  /** That thresholds speak of, by their text. */
  readonly sets: Readonly<Record<string, PeerSet>>;
  readonly expect: readonly Threshold[];
  readonly abortOn: readonly ScenarioCondition[];
  readonly experiment: Experiment;
  readonly timeLimitMs: number;
  /** No limit was written: it grows with the lower bound. Absent: one was. */
  readonly growsWithBound?: true;
  /** What ends the run before its time limit. */
  readonly until: 'complete' | 'sessions';
  /** Share of the chunks whose events are recorded, 0 to 1; `none`: no events at all. */
  readonly recordedEvents: number | 'none';
  readonly engine: {
    readonly name: EngineName;
    readonly peersPerWorker: number | 'auto';
    /** Absent: the engine chooses. */
    readonly sliceMs?: number;
    readonly placement?: (typeof placementNames)[number];
  };
  /** Keys that concern nobody: sentences for the plan. Absent: none. */
  readonly notices?: readonly string[];
}

/** What is run of a scenario besides itself. */
export interface Experiment {
  readonly repeat: Repeats;
  /** The cells of the sweep in their order; empty: the scenario as it is, once. */
  readonly arms: readonly Arm[];
  /** What the arms are compared with; null: with nothing. Called `baseline`. */
  readonly baseline: Arm | null;
}

/** Runs of each arm, with derived seeds: `least` to `most`, 1 to 10,000. */
export interface Repeats {
  readonly least: number;
  readonly most: number;
  /** When no more than `least` are needed; null: `most` are run. */
  readonly until: Precision | null;
}

/** Half the 95 % interval of the metric's mean is within this share of the mean, in every arm. */
export interface Precision {
  readonly metric: string;
  readonly share: number;
}

/** A variant of the scenario: load it again with `sets` (after those of the command line) and `withoutArms`. */
export interface Arm {
  /** `picker=random, upload_slots=4`. Unique. */
  readonly name: string;
  readonly parameters: PlannedVariant['parameters'];
  /** `path=value`, as `--set` takes them. */
  readonly sets: readonly string[];
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
  /** `unless-gone`: those are excused that leave or are killed for good during the run before they have completed. */
  readonly mustComplete: boolean | 'unless-gone';
  /** A place of `Scenario.regions`. */
  readonly region: string | null;
  /** Names of sets it belongs to: of what it was combined from. */
  readonly labels: readonly string[];
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
  readonly loss: PlannedLoss | null;
  readonly window: PlannedWindow | null;
  /** In order of time. */
  readonly changes: readonly GroupLinkChange[];
}

export interface GroupLinkChange {
  readonly atMs: number;
  readonly overMs: number;
  readonly up?: Distribution;
  readonly down?: Distribution;
  readonly latencyMs?: Distribution;
}

export type Arrival =
  | { readonly kind: 'spaced'; readonly startMs: number; readonly gapMs: number }
  | { readonly kind: 'poisson'; readonly startMs: number; readonly perSecond: number }
  | { readonly kind: 'uniform'; readonly fromMs: number; readonly toMs: number }
  /** Row i is peer i; at least as many rows as peers. */
  | { readonly kind: 'trace'; readonly rows: readonly TraceRow[]; readonly how: Leave['how'] };

export interface TraceRow {
  readonly joinMs: number;
  /** null: stays to the end. */
  readonly leaveMs: number | null;
}

export interface Leave {
  readonly afterMs: DrawnDistribution;
  readonly from: 'join' | 'completion' | 'start';
  readonly how: 'graceful' | 'crash';
}

export interface ComeBack {
  readonly afterMs: DrawnDistribution;
  readonly keepChunks: boolean;
  /** How often; the last stay lasts to the end of the run. ≥ 1. */
  readonly times: number;
}

export interface ScenarioFault {
  readonly name: string;
  readonly when:
    | { readonly kind: 'time'; readonly atMs: DrawnDistribution }
    | { readonly kind: 'condition'; readonly condition: ScenarioCondition; readonly delayMs: number };
  readonly forMs: DrawnDistribution | null;
  /** `times` null: to the end of the run. */
  readonly again: { readonly everyMs: number; readonly times: number | null } | null;
  readonly effect: ScenarioEffect;
}

/** Peers of a set: all of them, or so many of them, drawn. */
export interface Targets {
  readonly set: PeerSet;
  /** null: all. */
  readonly take: { readonly kind: 'count' | 'share'; readonly value: number } | null;
}

export type ScenarioEffect =
  | {
      readonly kind: 'crash';
      readonly targets: Targets;
      readonly returnAfterMs: DrawnDistribution | null;
      readonly keepChunks: boolean;
    }
  | {
      readonly kind: 'pause' | 'black-hole' | 'lie' | 'free-ride' | 'disk-full';
      readonly targets: Targets;
    }
  /** A side of null: all peers that are in no other. */
  | { readonly kind: 'partition'; readonly sides: readonly (Targets | null)[]; readonly oneWay: boolean }
  | { readonly kind: 'slow-down'; readonly targets: Targets; readonly factor: number }
  | { readonly kind: 'latency-spike'; readonly targets: Targets; readonly addMs: number }
  | { readonly kind: 'reset' | 'corrupt'; readonly targets: Targets; readonly probability: number }
  | { readonly kind: 'tracker-down'; readonly forgets: boolean }
  | { readonly kind: 'slow-disk'; readonly targets: Targets; readonly bytesPerSec: number };
