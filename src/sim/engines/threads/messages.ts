/** What crosses between the engine and its worker threads: plain data only. */
import type { MessagePort } from 'node:worker_threads';
import type { PlainError } from '../../../core/errors.ts';
import type { SwarmEvent } from '../../../core/events.ts';
import type { Address, ChunkInfo } from '../../../core/interfaces.ts';
import type { TrackerOptions } from '../../../core/tracker/options.ts';
import type { ActiveFault } from '../../faults/peer-faults.ts';
import type { PlannedLink } from '../../plan/plan.ts';
import type { StayOptions } from '../run/peer-instance.ts';
import type { Neighbourhood } from './addresses.ts';

/** A task of the pool. Tracker and peers run until told to close; verifying ends by itself. */
export type WorkerTask = TrackerTask | PeersTask | VerifyTask;

interface TaskBase {
  readonly port: MessagePort;
  /** The one clock of all threads: process.hrtime at its 0. */
  readonly originNs: bigint;
  readonly counters: SharedArrayBuffer;
  /** Where this thread's event-loop delay is kept in the counters. */
  readonly workerSlot: number;
  /** So often its event loop is looked at. */
  readonly beatMs: number;
  readonly totalChunks: number;
  /** Addresses that may connect; absent: all. */
  readonly members?: readonly string[];
  /** Where faults count what they hit (HitBoard). */
  readonly hits: SharedArrayBuffer;
}

export interface TrackerTask extends TaskBase {
  readonly kind: 'tracker';
  readonly counterSlot: number;
  readonly seed: string;
  readonly options: TrackerOptions;
  /** Whether a fault stops it or cuts its connections. */
  readonly hasFaults: boolean;
  /** Where it listens; absent: on loopback. */
  readonly host?: string;
}

export interface PeersTask extends TaskBase {
  readonly kind: 'peers';
  /** Whether several peers live in this thread. */
  readonly shared: boolean;
  readonly tracker: Address;
  /** What a rate lets go at a time takes about so long. */
  readonly sliceMs: number;
  /** null: all peers are at one address, and nobody cares who is at the other end. */
  readonly neighbourhood: Neighbourhood | null;
}

/** One stay of one peer. */
export interface PeerSetup extends StayOptions {
  readonly folder: string;
  /** What held chunk i is at [i-1]; where it is not known, the store hashes it at opening. */
  readonly known: readonly (ChunkInfo | undefined)[];
  readonly counterSlot: number;
  readonly link: PlannedLink;
}

export type ToWorker =
  /** Opens the store; answered by `ready`. */
  | { readonly type: 'open'; readonly setup: PeerSetup }
  /** Starts the peer at a time of the shared clock. */
  | { readonly type: 'join'; readonly peer: string; readonly atMs: number }
  /** The distribution begins at this time of the clock: what is measured of the thread counts from now on. */
  | { readonly type: 'begin'; readonly startMs: number; readonly watchFrom: 'start' | 'now' }
  /** Answered by the event peer-left, then `gone`. */
  | { readonly type: 'leave'; readonly peer: string }
  /** Resets the peer's sockets and stops it without a word to anybody. Answered by `gone`. */
  | { readonly type: 'drop'; readonly peer: string }
  | { readonly type: 'fault-begin'; readonly peer: string; readonly fault: ActiveFault }
  | { readonly type: 'fault-end'; readonly peer: string; readonly id: number }
  /** The tracker's process is stopped: its sockets are reset. `id`: the occurrence that counts them. */
  | { readonly type: 'tracker-stop'; readonly id: number }
  /** It is started again at its port, with or without what it knew. */
  | { readonly type: 'tracker-start'; readonly forgets: boolean }
  | { readonly type: 'tracker-reset'; readonly id: number; readonly probability: number }
  /** All leave in order; the task resolves when every socket is closed. */
  | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'up'; readonly threadId: number }
  | { readonly type: 'listening'; readonly address: Address }
  | { readonly type: 'ready'; readonly peer: string }
  /** Times are those of the shared clock. */
  | { readonly type: 'events'; readonly events: readonly SwarmEvent[] }
  | { readonly type: 'gone'; readonly peer: string; readonly atMs: number }
  /** Something of ours broke: a defect, or a folder that cannot be used. */
  | { readonly type: 'failed'; readonly error: PlainError };

export interface VerifyTask {
  readonly kind: 'verify';
  readonly folders: readonly string[];
  /** SHA-1 of the original's chunk i at [i-1]. */
  readonly hashes: readonly string[];
}
