/**
 * The result of a run, as result.json holds it and as renderers see it. docs/metrics.md explains each figure.
 * null: there is no data for the figure (never 0 in its place).
 */
import type { Distributed } from '../analyse/statistics.ts';
import type { HostRecord, RunRecord, SwarmSample } from '../engines/engine.ts';
import type { ShapingTotals, TrafficTotals } from '../network/totals.ts';
import type { Plan } from '../plan/plan.ts';
import type { MetricUnit } from '../units/metric-unit.ts';

export type { SwarmSample, TrafficTotals };

export const RESULT_SCHEMA_VERSION = 2;

export interface RunResult {
  readonly schemaVersion: typeof RESULT_SCHEMA_VERSION;
  readonly scenario: { readonly name: string; readonly description: string };
  readonly seed: string;
  readonly engine: RunRecord['engine'];
  readonly environment: Environment;
  readonly startedAt: string;
  readonly setupMs: number;
  readonly elapsedMs: number;
  readonly ending: RunRecord['ending'];
  /** The text of the condition by which the run was given up; null: it was not. */
  readonly abortedBy: string | null;
  readonly verdict: Verdict;
  /** Each threshold of the plan beside what was measured, in its order. */
  readonly expectations: readonly ExpectationFigures[];
  readonly trust: Trust;
  readonly swarm: SwarmFigures;
  readonly groups: readonly GroupFigures[];
  readonly peers: readonly PeerFigures[];
  readonly tracker: TrackerFigures;
  /** Who sent how much useful payload to whom; only pairs above 0. */
  readonly flows: readonly Flow[];
  /** What each planned leave or crash, and each link, hit. */
  readonly injected: readonly InjectedFigures[];
  readonly samples: readonly SwarmSample[];
  readonly plan: Plan;
}

export interface Environment {
  readonly version: string;
  /** null outside a git checkout. */
  readonly commit: string | null;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  /** Those that the program may use; by a quota perhaps a part of one. */
  readonly cores: number;
  /** What keeps it from the others; absent where nothing does. */
  readonly coresLimit?: { readonly by: 'cgroup' | 'affinity'; readonly ofMachine: number };
  /** What the program may use. */
  readonly memoryBytes: number;
  readonly memoryLimit?: { readonly by: 'cgroup'; readonly ofMachineBytes: number };
}

export type Outcome = 'pass' | 'fail' | 'inconclusive';

/**
 * What decided a verdict that is no pass. `swarm`: a peer that must complete did not, or holds wrong bytes.
 * `aborted`: the run was given up by a condition of the plan. `expectations`: a threshold was missed. `data`: it
 * cannot be told.
 */
export type Deciding = 'swarm' | 'aborted' | 'expectations' | 'data';

export interface Verdict {
  readonly outcome: Outcome;
  /** null when it passed. */
  readonly because: Deciding | null;
  /** One sentence each; empty when it passed. */
  readonly reasons: readonly string[];
  readonly completedPeers: number;
  readonly peersToComplete: number;
  readonly intactPeers: number;
}

export interface ExpectationFigures {
  /** As the scenario has it. */
  readonly text: string;
  /** Path in the catalogue of metrics. */
  readonly metric: string;
  readonly unit: MetricUnit;
  /** In the metric's unit; null: no data. */
  readonly measured: number | null;
  readonly outcome: Outcome;
  /** Why it is inconclusive; else empty. */
  readonly note: string;
}

export type TrustLevel = 'trusted' | 'doubtful' | 'untrusted';

export interface Trust {
  /** `untrusted`: nothing but the machine is measured, and the verdict is inconclusive. */
  readonly level: TrustLevel;
  /** Why the run is untrusted; null: it is not. */
  readonly cause: string | null;
  /** What helps against what the host did; null: it did nothing, or the version that wrote it told of untrusted runs alone. */
  readonly remedy: string | null;
  /** One sentence each, naming the measured figure: why the host, not the scenario, may have decided a figure. */
  readonly warnings: readonly string[];
  readonly host: HostRecord;
  /** How late links let messages go; null: none had to wait. */
  readonly shaperLateMeanMs: number | null;
  /** The latest of them, or of the connections that had to wait for their turn; null: there were neither. */
  readonly shaperLateMaxMs: number | null;
  /**
   * Of the samples that were due, those that nobody took, 0 to 1; null: in virtual time none can be missed. Absent where
   * the version that wrote it did not count them.
   */
  readonly droppedSamplesShare?: number | null;
}

export interface SwarmFigures {
  readonly contentBytes: number;
  readonly totalChunks: number;
  /** Until the last peer that should complete did; null when one did not. */
  readonly makespanMs: number | null;
  /** Of the peers that completed during the run, each from its own (first) join. */
  readonly completionMs: Distributed | null;
  readonly goodputBytesPerSec: number | null;
  readonly throughputBytesPerSec: number | null;
  readonly usefulBytes: number;
  readonly payloadBytes: number;
  readonly controlBytes: number;
  /** control bytes / payload bytes. */
  readonly overhead: number | null;
  readonly wastedBytes: number;
  /** wasted / received payload. */
  readonly waste: number | null;
  /** Jain's index over bytes uploaded by all peers. */
  readonly fairness: number | null;
  /** Bytes the initial seeders sent / content bytes; null without an initial seeder. */
  readonly seederLoad: number | null;
  /** Bytes uploaded / (uplink × time present), over peers with a limited uplink. */
  readonly uploadUtilisation: number | null;
  /** Of the rarest chunk among the peers present; null when it cannot be told. */
  readonly availability: AvailabilityFigures | null;
  /** Chunks that were discarded because their content was wrong. */
  readonly corruptChunks: number;
  /** How often a peer or the tracker decided not to deal with another one again. */
  readonly bans: number;
  readonly bound: BoundFigures;
}

export interface AvailabilityFigures {
  /** The fewest copies, from the first instant on when every chunk had a holder. */
  readonly min: number;
  /** At the makespan, or the end of the run. */
  readonly end: number;
}

export interface BoundFigures {
  /** The fluid lower bound on the makespan without latency (THEORY); null when no link is limited. */
  readonly lowerBoundMs: number | null;
  /** Which of its terms decides; `late-join`: a peer or the first holder of a chunk is not there earlier. */
  readonly limitedBy: 'seeder-uplink' | 'downlink' | 'total-uplink' | 'late-join' | 'between-regions' | null;
  /** With every byte from the initial seeders alone. */
  readonly clientServerMs: number | null;
  /** When a chunk can be passed on only once it is whole: one seeder, empty leechers, equal uplinks; else null. */
  readonly storeAndForwardMs: number | null;
  /** bound / makespan, (0, 1]. */
  readonly efficiency: number | null;
  /** Why there is no bound, or what it leaves out. */
  readonly note: string;
}

export interface GroupFigures {
  readonly name: string;
  readonly peers: number;
  readonly completed: number;
  readonly completionMs: Distributed | null;
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
}

export interface PeerFigures {
  readonly name: string;
  readonly group: string;
  readonly protocol: 'spec' | 'swarm';
  readonly joinedMs: number | null;
  readonly completedMs: number | null;
  /** completedMs − first join; null when it did not complete, 0 when it had everything at the start. */
  readonly completionMs: number | null;
  readonly heldChunksAtStart: number;
  readonly heldChunksAtEnd: number;
  /** As it was at the end of the run: false also for a peer that was excused because it had gone. */
  readonly mustComplete: boolean;
  readonly integrity: 'intact' | 'incomplete' | 'corrupt' | 'unchecked';
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  readonly usefulBytes: number;
  readonly wastedBytes: number;
  /** uploaded / downloaded; null when nothing was downloaded. */
  readonly shareRatio: number | null;
  readonly uploadUtilisation: number | null;
  readonly traffic: TrafficTotals;
  readonly shaping: ShapingTotals;
}

export interface TrackerFigures {
  readonly traffic: TrafficTotals;
  readonly requestsPerSec: number | null;
  readonly bytesPerSec: number | null;
  readonly requestsPerPeer: number | null;
}

export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly chunks: number;
  readonly bytes: number;
}

export interface InjectedFigures {
  readonly kind: 'join' | 'graceful-leave' | 'crash' | 'return' | 'fault' | 'link';
  /** Of a fault: as the plan calls it, with its occurrence in brackets from the second on. */
  readonly name?: string;
  /** The peer; for links the group, for faults all whom it is about. */
  readonly target: string;
  readonly plannedMs: number | null;
  readonly happenedMs: number | null;
  /** What it hit, in words and figures; e.g. `3 connections cut`, `12.4 MiB paced up`. */
  readonly effect: string;
  /** false: it hit nothing and proves nothing; shown as such. */
  readonly hit: boolean;
}
