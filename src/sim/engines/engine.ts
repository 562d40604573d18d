/** What every engine does with a plan: it runs it and returns what was seen, as plain data. */
import type { SwarmEvent } from '../../core/events.ts';
import type { Address } from '../../core/interfaces.ts';
import type { MachineChanges } from '../machine/machine-changes.ts';
import type { ShapingTotals, TrafficTotals } from '../network/totals.ts';
import type { EngineName, FaultEffect, Plan } from '../plan/plan.ts';
import type { Shortage } from '../plan/shortage.ts';

export interface Engine {
  readonly name: EngineName;
  /**
   * All of which this machine has too little for the run; empty when it can be run here. Starts nothing.
   *
   * @throws {ConfigError} a setting that this engine cannot honour on any machine, by name
   */
  check(plan: Plan): readonly Shortage[];
  /** What a run takes, estimated before it. */
  needs(plan: Plan): EngineNeeds;
  /**
   * Resolves when the run is over, whatever its outcome: also when it was interrupted or timed out.
   * @throws {ConfigError} the plan cannot be run here; the message names the setting. Nothing has been started.
   */
  run(plan: Plan, watcher: RunWatcher): Promise<RunRecord>;
}

/** What a run takes of a machine. */
export interface EngineNeeds {
  readonly threads: number;
  readonly memoryBytes: number;
  /** When every peer has as many connections as it may. */
  readonly descriptorsMax: number;
  readonly diskBytes: number;
  /** Estimated time before the distribution begins. */
  readonly setupMs: number;
  /** Estimated real time of a distribution that lasts so long; null: as long as it lasts. */
  readonly runMs: number | null;
  /** Estimated processor time of a distribution in real time, of all threads. */
  readonly processorMs?: number;
  /** The part of it that connecting and moving bytes takes, and the cores that there are; absent: nobody knows where it will be. */
  readonly traffic?: ProcessorNeeds;
  /** Of a run over several hosts: of each. The other figures are those of the host that needs most. */
  readonly hosts?: readonly HostNeeds[];
  /** What the engine chose to fit the plan to this machine, and why, in sentences. */
  readonly fitted?: readonly string[];
}

export interface ProcessorNeeds {
  readonly processorMs: number;
  readonly cores: number;
  /** The machine, of several; absent: this one. */
  readonly machine?: string;
}

/** What the part of a run that one host has takes there. */
export interface HostNeeds {
  readonly name: string;
  readonly peers: number;
  readonly cores: number;
  readonly threads: number;
  readonly memoryBytes: number;
  readonly processorMs: number;
}

export interface RunWatcher {
  /** Stops the run; what was measured is still returned, with `ending: 'interrupted'`. */
  readonly signal: AbortSignal;
  /** About ten times a second, in virtual time also at the start. `peek`: the record as if the run were interrupted now; nothing changes by it. */
  onProgress?(progress: RunProgress, peek: () => RunRecord): void;
  /** The swarm is ready; `tracker` is where others may join it, null: they cannot. */
  onReady?(info: { readonly tracker: Address | null; readonly setupMs: number }): void;
  /**
   * Every event of the run, in order of time: in virtual time as it happens, in real time when that order is known.
   * What it throws ends the run.
   */
  onEvent?(event: SwarmEvent): void;
  /**
   * For those who look on: events while the run goes on, in order of time. In real time they come half a second late,
   * and those of a thread that was stopped for longer are left out.
   */
  onLiveEvent?(event: SwarmEvent): void;
}

export interface RunProgress {
  readonly atMs: number;
  /** Of what the peers that must complete lacked at the start, the share of bytes they hold now, 0 to 1. */
  readonly completion: number;
  /** All who must complete have; the run goes on for the joins and returns that are planned. */
  readonly waitingForSessions?: boolean;
  readonly peersAlive: number;
  readonly peersCompleted: number;
  readonly peersToComplete: number;
  /** Payload that arrives at all peers, also of chunks that are not whole yet, over the last two seconds. */
  readonly bytesPerSec: number;
  /** Those with peers that must complete and lacked something at the start, in order of the plan. */
  readonly groups: readonly GroupProgress[];
}

export interface GroupProgress {
  readonly name: string;
  /** As that of the run, of its members that must complete. */
  readonly completion: number;
  readonly peersCompleted: number;
  readonly peersToComplete: number;
}

export interface PeerRecord {
  readonly name: string;
  readonly traffic: TrafficTotals;
  /** What the link did to the peer: proof that it had an effect. */
  readonly shaping: ShapingTotals;
  readonly heldChunksAtEnd: number;
  /** From the bytes on disk: `intact` only when every chunk is there and equals the original. */
  readonly integrity: 'intact' | 'incomplete' | 'corrupt' | 'unchecked';
  /** It left or was killed for good during the run, before it had completed. */
  readonly leftIncomplete: boolean;
}

/** State of the swarm at one instant, taken at equal steps. */
export interface SwarmSample {
  readonly atMs: number;
  /** Useful bytes so far, all peers: a chunk that a peer has lost and fetches again counts once. */
  readonly usefulBytes: number;
  readonly payloadSentBytes: number;
  readonly controlSentBytes: number;
  readonly peersAlive: number;
  readonly peersCompleted: number;
  /** Of what the peers that must complete lacked at the start, the share of bytes they hold, 0 to 1. */
  readonly progress: number;
  /** Messages that have reached the tracker so far; absent in runs of versions that did not count them. */
  readonly trackerReceived?: number;
}

/** How well the state of the swarm was looked at. */
export interface Sampling {
  /** Samples that were taken; of a long run not all are kept. */
  readonly taken: number;
  /** Moments at which one was due and nobody looked, since the thread that leads the run stood still. */
  readonly dropped: number;
}

/** How the host behaved during the run, for the trust verdict. */
export interface HostRecord {
  /** Event-loop delay over all worker threads. */
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  /** The 99th percentile of each worker thread; absent where it was not kept. */
  readonly threadDelaysP99Ms?: readonly number[];
  /** CPU time of this process / (elapsed time × cores it may use), 0 to 1. */
  readonly cpuShare: number;
  /**
   * Of the periods of a cgroup's processor quota, the share in which it stopped the run, 0 to 1; null without a quota,
   * absent where it was not kept.
   */
  readonly throttledShare?: number | null;
  /** One-minute load average of the machine before the run, over all its cores. */
  readonly loadBefore: number;
  /** What happened to the machine during the run; absent in virtual time, and where it was not kept. */
  readonly changes?: MachineChanges;
  readonly maxRssBytes: number;
  /** What was chosen to fit the plan to this machine, and why, in sentences; absent: nothing. */
  readonly fitted?: readonly string[];
  /** What the links' rates let go at a time, in ms of the rate; absent where no link had one, and in virtual time. */
  readonly sliceMs?: number;
  /** Whether the peers' folders were in memory, not on a disk; absent where that was not kept. */
  readonly foldersInMemory?: boolean;
  /** Real time that a run in virtual time took; absent where time was real. */
  readonly wallMs?: number;
  /** Of a run over several hosts each; the other figures are the worst of all. */
  readonly hosts?: readonly HostOfRun[];
}

/** One host of a run over several. */
export interface HostOfRun {
  readonly name: string;
  /** Where its peers could be reached. */
  readonly address: string;
  readonly peers: number;
  /** Those that it may use; absent where that was not kept. */
  readonly cores?: number;
  /** It died, or could not be reached any more, before the run was over. */
  readonly lost: boolean;
  /** Its times may be wrong by so much against those of the coordinator. */
  readonly clockErrorMs: number;
  /** The worst of its worker threads. */
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  readonly cpuShare: number;
  readonly loadBefore: number;
  /** Absent where it was not kept. */
  readonly changes?: MachineChanges;
  readonly maxRssBytes: number;
}

export interface RunRecord {
  readonly engine: Engine['name'];
  readonly startedAt: string;
  readonly setupMs: number;
  /** From the start of the distribution until the run ended. */
  readonly elapsedMs: number;
  /** `aborted`: a condition of `Plan.abortOn` held. */
  readonly ending: 'completed' | 'time-limit' | 'interrupted' | 'stalled' | 'aborted';
  /** The text of the condition by which the run was given up. */
  readonly abortedBy?: string;
  readonly peers: readonly PeerRecord[];
  readonly tracker: TrafficTotals;
  readonly samples: readonly SwarmSample[];
  /** Absent in virtual time, where none can be missed, and where it was not kept. */
  readonly sampling?: Sampling;
  readonly host: HostRecord;
  /** Every chunk's size, [i-1]. */
  readonly chunkBytes: readonly number[];
  /** In the order of the plan, each occurrence for itself; one that never began is there, too. */
  readonly faults: readonly FaultRecord[];
}

/** What one occurrence of a fault did. */
export interface FaultRecord {
  readonly name: string;
  readonly kind: FaultEffect['kind'];
  /** From 1. */
  readonly occurrence: number;
  /** Names of peers, or `tracker`. */
  readonly targets: readonly string[];
  /** null: it was known before the run only as a condition. */
  readonly plannedMs: number | null;
  /** null: the run was over before. */
  readonly beganMs: number | null;
  /** null: it lasted to the end of the run. */
  readonly endedMs: number | null;
  /** How often it had an effect. 0: it hit nothing, and proves nothing. */
  readonly hits: number;
  /** What it hit, in words and figures. */
  readonly effect: string;
}
