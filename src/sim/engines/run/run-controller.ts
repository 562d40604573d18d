import type { FaultBegan, FaultEnded, NodeFailed, SwarmEvent, Untold } from '../../../core/events.ts';
import type { Clock, Timer } from '../../../core/interfaces.ts';
import { EngineError, TransportError } from '../../../core/errors.ts';
import { isHopeless } from '../../faults/can-complete.ts';
import type { RunRecord } from '../engine.ts';
import { stillThere, type PeerState } from './peer-state.ts';
import { isSettled, standingOf, waitedFor } from './run-end.ts';

export type Ending = RunRecord['ending'];

export interface RunEnd {
  readonly ending: Ending;
  /** Since the start of the distribution. */
  readonly atMs: number;
  /** Text of the condition, when the run was given up by one. */
  readonly abortedBy?: string;
}

/** A planned departure that comes while a fault's crash is still being carried out is tried again after this. */
const DEPARTURE_RETRY_MS = 20;

/**
 * What the controller has done to the swarm. Each call concerns one stay of one peer; what it waits for is told by a
 * callback, at once or later. What goes wrong meanwhile is told to `RunController.fail`.
 */
export interface PeerRuntime {
  /** Opens the peer's store, where it then waits until it is to join. */
  prepare(peer: PeerState, onReady: () => void): void;
  join(peer: PeerState, atMs: number): void;
  leave(peer: PeerState): void;
  /** `onDead`: nothing of the peer runs any more, since that time of the shared clock. */
  crash(peer: PeerState, onDead: (diedMs: number) => void): void;
  /** What the peer lives in is not needed any more. */
  release(peer: PeerState): void;
  /** Sets the peer's folder back to what it held at the start. */
  resetFolder(peer: PeerState): void;
  /** Payload that the peer has taken in so far. */
  receivedBytes(peer: PeerState): number;
}

export interface RunControllerComponents {
  /** The clock that all peers share. */
  readonly clock: Clock;
  readonly runtime: PeerRuntime;
  /** Hears each event of the run, as it comes in; times count from the start of the distribution. */
  onEvent(event: SwarmEvent): void;
  /** Called once, when the run is over. */
  onEnded(end: RunEnd): void;
  /** Something of ours broke: what was measured is worth nothing. Called once, also after the end. */
  onFailed(error: unknown): void;
  /** Default: no faults. */
  readonly consequences?: Consequences;
}

/** What faults mean for the end of a run. */
export interface Consequences {
  /** Whether a peer's disk fails by a fault: it goes on without, as peers do, and is not lost. */
  isDiskFault(peer: PeerState): boolean;
  /** Whether none of those that are waited for can ever complete. */
  isHopeless(waitedFor: readonly PeerState[], all: readonly PeerState[]): boolean;
}

const noFaults: Consequences = {
  isDiskFault: () => false,
  isHopeless: (waitedFor, all) => isHopeless(waitedFor, stillThere(all), []),
};

/** How a fault kills a peer. */
export interface FaultCrash {
  readonly fault: string;
  /** null: for good. */
  readonly returnAfterMs: number | null;
  readonly keepChunks: boolean;
}

export interface RunControllerOptions {
  readonly timeLimitMs: number;
  /** No byte for so long, and no way to complete: the run is over. */
  readonly stallMs: number;
  /** Others may join the tracker, and bring what the swarm lacks: then nothing is certain but the time limit. */
  readonly open: boolean;
  /** `sessions`: besides, until every join and return that is planned has come. */
  readonly until: 'complete' | 'sessions';
}

/** Lets the peers come and go as planned, keeps what they tell, and knows when the run is over. */
export class RunController {
  readonly #clock: Clock;
  readonly #runtime: PeerRuntime;
  readonly #components: RunControllerComponents;
  readonly #consequences: Consequences;
  readonly #options: RunControllerOptions;
  readonly #peers: readonly PeerState[];
  readonly #byName: ReadonlyMap<string, PeerState>;
  #limitTimer: Timer | undefined;
  /** All who must complete were, at one instant: nothing that comes later makes the run a failure. */
  #allCompleted = false;
  /** Of the present stay of each peer. */
  readonly #leaveTimers = new Map<PeerState, Timer>();
  #startMs = 0;
  #over = false;
  #endMs = Infinity;
  #failure: { readonly error: unknown } | undefined;
  #progress = { receivedBytes: 0, atMs: 0 };
  /** Heard before the distribution began. */
  #early: SwarmEvent[] | undefined = [];

  constructor(
    components: RunControllerComponents,
    peers: readonly PeerState[],
    options: RunControllerOptions,
  ) {
    this.#components = components;
    this.#clock = components.clock;
    this.#runtime = components.runtime;
    this.#consequences = components.consequences ?? noFaults;
    this.#peers = peers;
    this.#byName = new Map(peers.map((peer) => [peer.name, peer]));
    this.#options = options;
  }

  /** Milliseconds since the start of the distribution. */
  now(): number {
    return this.#clock.now() - this.#startMs;
  }

  /** The barrier opens: the distribution starts at `startMs` of the shared clock. All first stays are prepared. */
  begin(startMs: number, beforeJoins?: () => void): void {
    this.#startMs = startMs;
    // What was made ready before, the tracker first of all, is there from the start.
    for (const event of this.#early ?? []) this.#components.onEvent({ ...event, atMs: 0 });
    this.#early = undefined;
    beforeJoins?.();
    for (const peer of this.#peers) this.#joinAsPlanned(peer, startMs);
    const limitMs = startMs + this.#options.timeLimitMs - this.#clock.now();
    this.#limitTimer = this.#clock.setTimer(limitMs, () => this.end('time-limit'));
    this.#checkEnd();
  }

  end(reason: Ending, condition?: string): void {
    if (this.#over) return;
    this.#over = true;
    const ending = this.#allCompleted && reason !== 'interrupted' ? 'completed' : reason;
    const abortedBy = ending === 'aborted' ? condition : undefined;
    this.#limitTimer?.cancel();
    for (const timer of this.#leaveTimers.values()) timer.cancel();
    this.#endMs = Math.max(0, this.now());
    this.#components.onEnded({ ending, atMs: this.#endMs, ...(abortedBy !== undefined && { abortedBy }) });
  }

  /** Something of ours broke: what was measured is worth nothing. */
  fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#components.onFailed(error);
  }

  /** Also of what broke after the end, while the peers left. */
  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** What peers and tracker tell, by the shared clock. */
  hear(event: SwarmEvent): void {
    const shifted = this.#startMs === 0 ? event : { ...event, atMs: event.atMs - this.#startMs };
    // What was on its way at the end still belongs to the run; what happens while all leave does not.
    if (shifted.atMs > this.#endMs) return;
    if (this.#early === undefined) this.#components.onEvent(shifted);
    else this.#early.push(shifted);
    const peer = this.#byName.get(event.peer);
    if (peer !== undefined) this.#heardOf(peer, shifted);
    else if (this.#over) return;
    else if (event.type === 'node-failed') this.fail(trackerError(event));
  }

  /** A stay of the peer is over, since that time of the shared clock: it has left, or could not go on. */
  gone(name: string, goneMs: number): void {
    this.#gone(this.#byName.get(name)!, goneMs);
  }

  /** To be called a few times a second. */
  checkStall(): void {
    const receivedBytes = this.#receivedBytes();
    const atMs = this.now();
    if (receivedBytes !== this.#progress.receivedBytes) this.#progress = { receivedBytes, atMs };
    if (this.#options.open || atMs - this.#progress.atMs < this.#options.stallMs) return;
    if (this.#peers.some((peer) => peer.phase === 'coming' || peer.phase === 'returning')) return;
    if (this.#consequences.isHopeless(waitedFor(this.#peers), this.#peers)) this.end('stalled');
  }

  /** What comes to a full disk is asked for again and again, and is no progress. */
  #receivedBytes(): number {
    const takers = this.#peers.filter((peer) => !this.#consequences.isDiskFault(peer));
    return takers.reduce((sum, peer) => sum + this.#runtime.receivedBytes(peer), 0);
  }

  /** What the laboratory itself has done, now. */
  tell(event: Untold<FaultBegan | FaultEnded>): void {
    const atMs = Math.max(this.#startMs, this.#clock.now());
    this.hear({ ...event, atMs, peer: 'laboratory' });
  }

  /** Kills a peer that is in the swarm, whatever its sessions say; false: it is not in the swarm. */
  crash(peer: PeerState, { fault, returnAfterMs, keepChunks }: FaultCrash): boolean {
    if (this.#over || peer.phase !== 'present') return false;
    const returns = returnAfterMs !== null;
    peer.phase = returns ? 'returning' : 'dying';
    if (returns && !keepChunks) peer.complete = false;
    if (!returns || peer.session.leave?.from === 'completion') this.#forgetDeparture(peer);
    this.#runtime.crash(peer, (diedMs) => {
      this.hear({ type: 'peer-crashed', atMs: diedMs, peer: peer.name, fault });
      if (returns) this.#bringBack(peer, diedMs + returnAfterMs, keepChunks);
      else this.#gone(peer, diedMs);
    });
    return true;
  }

  #bringBack(peer: PeerState, atMs: number, keepChunks: boolean): void {
    if (this.#over) return;
    if (!keepChunks) this.#empty(peer);
    peer.nextStay();
    this.#runtime.prepare(peer, () => {
      if (peer.phase === 'returning') peer.phase = 'coming';
      this.#joinAt(peer, atMs);
    });
  }

  #joinAt(peer: PeerState, atMs: number): void {
    if (!this.#over) this.#runtime.join(peer, atMs);
  }

  #empty(peer: PeerState): void {
    peer.resetHeld();
    this.#runtime.resetFolder(peer);
  }

  #heardOf(peer: PeerState, event: SwarmEvent): void {
    if (event.type === 'peer-joined') {
      peer.phase = 'present';
      peer.hasJoined = true;
      peer.complete = event.heldChunks === event.totalChunks;
      if (peer.complete) this.#completed(peer, event.atMs);
      else this.#checkEnd();
    } else if (event.type === 'chunk-received') {
      peer.receive(event.index, event.bytes);
    } else if (event.type === 'peer-completed') {
      this.#completed(peer, event.atMs);
    } else if (event.type === 'node-failed') {
      if (event.code === 'STORE' && this.#consequences.isDiskFault(peer)) return;
      peer.phase = 'failed';
      this.#checkEnd();
    }
  }

  #completed(peer: PeerState, atMs: number): void {
    peer.complete = true;
    const { leave } = peer.session;
    if (leave?.from === 'completion') this.#leaveAt(peer, atMs + leave.afterMs);
    this.#checkEnd();
  }

  /** @param sinceMs when the stay before ended, by the shared clock */
  #joinAsPlanned(peer: PeerState, sinceMs: number): void {
    const { session } = peer;
    const { leave } = session;
    const joinMs = 'joinMs' in session ? this.#startMs + session.joinMs : sinceMs + session.awayMs;
    this.#runtime.join(peer, joinMs);
    if (leave?.from === 'start') this.#leaveAt(peer, leave.afterMs);
  }

  #leaveAt(peer: PeerState, atMs: number): void {
    if (this.#over || this.#leaveTimers.has(peer)) return;
    const timer = this.#clock.setTimer(Math.max(0, atMs - this.now()), () => this.#leaveNow(peer));
    this.#leaveTimers.set(peer, timer);
  }

  #forgetDeparture(peer: PeerState): void {
    this.#leaveTimers.get(peer)?.cancel();
    this.#leaveTimers.delete(peer);
  }

  #leaveNow(peer: PeerState): void {
    if (peer.isOver) return;
    if (peer.phase === 'returning') {
      this.#leaveTimers.delete(peer);
      this.#leaveAt(peer, this.now() + DEPARTURE_RETRY_MS);
      return;
    }
    if (peer.session.leave?.how === 'graceful') {
      this.#runtime.leave(peer);
      return;
    }
    peer.phase = peer.hasNextSession ? 'coming' : 'dying';
    this.#runtime.crash(peer, (diedMs) => {
      this.hear({ type: 'peer-crashed', atMs: diedMs, peer: peer.name });
      this.#gone(peer, diedMs);
    });
  }

  /** The stay is over since `goneMs` of the shared clock: in order, or by a crash that has done its work. */
  #gone(peer: PeerState, goneMs: number): void {
    this.#leaveTimers.delete(peer);
    if (this.#over) return;
    if (!peer.hasNextSession || peer.isOver) {
      if (peer.phase !== 'failed') peer.phase = 'gone';
      this.#runtime.release(peer);
      this.#checkEnd();
      return;
    }
    const keepChunks = peer.session.leave?.keepChunks ?? true;
    peer.nextSession();
    if (!keepChunks) this.#empty(peer);
    this.#runtime.prepare(peer, () => {
      if (!this.#over) this.#joinAsPlanned(peer, goneMs);
    });
  }

  #checkEnd(): void {
    if (this.#over) return;
    if (!this.#allCompleted) {
      const standing = standingOf(this.#peers);
      if (standing === 'under-way') return;
      if (standing === 'stalled') return this.end('stalled');
      this.#allCompleted = true;
    }
    if (this.#options.until === 'complete' || isSettled(this.#peers)) this.end('completed');
  }
}

/** Without a tracker there is no run; that its port is in use is for the user to change. */
function trackerError({ code, detail }: NodeFailed): Error {
  return code === 'TRANSPORT' ? new TransportError(detail) : new EngineError(`the tracker: ${detail}`);
}
