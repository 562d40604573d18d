/** What a run in real time stands on: threads of this machine, or hosts of a cluster. */
import type { Address, Clock } from '../../../core/interfaces.ts';
import type { SwarmEvent } from '../../../core/events.ts';
import type { Plan } from '../../plan/plan.ts';
import type { HostRecord, RunRecord } from '../engine.ts';
import type { FaultInjector, FaultRuntime } from '../run/fault-injector.ts';
import type { NodeCounters } from '../run/node-counters.ts';
import type { PeerRuntime } from '../run/run-controller.ts';

/** What a folder holds at the end, from its bytes on disk. */
export interface FolderVerdict {
  readonly heldChunks: number;
  readonly integrity: 'intact' | 'incomplete' | 'corrupt';
}

/** The tracker and the peers of one run, wherever they live. */
export interface Hosting extends PeerRuntime, FaultRuntime {
  /** Figures of the peers, the tracker and the threads, see counters.ts. */
  readonly counters: SharedArrayBuffer;
  /** By position in the plan. */
  readonly peerCounters: readonly NodeCounters[];
  readonly workers: number;
  /** Resolves with its address. */
  startTracker(port: number): Promise<Address>;
  /** The distribution starts at this time of the clock; from then on event loops are watched. */
  begin(startMs: number): void;
  /** Resolves when the counters hold all that was counted until now, or after that time without it. */
  settle(limitMs: number): Promise<void>;
  /** Lets everybody leave in order, the tracker last; who takes longer is killed. */
  close(limitMs: number): Promise<void>;
  /** What each peer's folder holds, by position; undefined where nobody can say. Nobody may be writing any more. */
  verify(): Promise<readonly (FolderVerdict | undefined)[]>;
  /** Kills what is left; resolves when nothing runs any more. */
  destroy(): Promise<void>;
}

/** What a hosting tells, but for what somebody waits for. */
export interface HostingListener {
  onEvents(events: readonly SwarmEvent[]): void;
  /** Nothing of a stay of this peer runs any more, since that time of the clock. */
  onGone(peer: string, atMs: number): void;
  /** Something of ours broke: what was measured is worth nothing. */
  onFailure(error: unknown): void;
  /** A part of the hosting is lost; what was measured until then is worth keeping. */
  onLost(why: string): void;
}

export interface HostingComponents {
  /** Shared by all threads of the run. */
  readonly clock: Clock;
  /** Its zero. */
  readonly originNs: bigint;
  readonly faults: Pick<FaultInjector, 'hits' | 'concernsTracker' | 'activeOf'>;
  readonly listener: HostingListener;
}

/** How the machine, or the machines, behaved since the watch began. */
export type HostFigures = Omit<
  HostRecord,
  'loopDelayP99Ms' | 'loopDelayMaxMs' | 'threadDelaysP99Ms' | 'sliceMs'
>;

/** For one run: whoever has waited for its end disposes of it. */
export interface Ground {
  readonly engine: RunRecord['engine'];
  readonly plan: Plan;
  /**
   * Makes the content ready for those who hold it at the start.
   *
   * @param clock that of the run
   * @throws the signal's reason when it is aborted meanwhile
   */
  prepare(clock: Clock, signal: AbortSignal): Promise<void>;
  /** After `prepare`. */
  host(components: HostingComponents): Hosting;
  /** From the barrier to time 0, so that every thread has heard of it by then. */
  startLeadMs(): number;
  /** From now on; given how long that is. */
  watch(): (elapsedMs: number) => HostFigures;
  /** After a run that was not interrupted: the figures, with what shows only when nobody runs any more. */
  completed(figures: HostFigures): Promise<HostFigures>;
  /** Resolves when nothing of the run is left. */
  dispose(): Promise<void>;
}
