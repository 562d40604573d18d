import { ChunkSet } from '../../../core/chunk-set.ts';
import type { PlannedPeer, PlannedSession } from '../../plan/plan.ts';

/**
 * `coming`: a session lies ahead (the first, or a return). `returning`: killed by a fault, on its way back into the
 * session that this cut. `present`: in the swarm, since peer-joined. `dying`: being killed for good. `gone`: left or
 * killed for good, nothing of it runs any more. `failed`: it could not go on.
 */
export type PeerPhase = 'coming' | 'returning' | 'present' | 'dying' | 'gone' | 'failed';

/** What the engine knows of one peer: where in its planned sessions it is, and which chunks it holds. */
export class PeerState {
  readonly planned: PlannedPeer;
  /** Position in the plan, and slot of its counters. */
  readonly position: number;
  /** Indices of chunks. */
  readonly heldAtStart: readonly number[];
  phase: PeerPhase = 'coming';
  held: ChunkSet;
  complete = false;
  /** Has been in the swarm. */
  hasJoined = false;
  /** Bytes of the chunks it holds now and lacked at the start. */
  gotBytes = 0;
  /** Bytes of chunks that came again, to a peer that had lost them. */
  refetchedBytes = 0;
  readonly #everReceived: ChunkSet;
  #sessionAt = 0;
  #stay = 1;

  constructor(planned: PlannedPeer, position: number, totalChunks: number, heldAtStart: readonly number[]) {
    this.planned = planned;
    this.position = position;
    this.heldAtStart = heldAtStart;
    this.held = new ChunkSet(totalChunks);
    this.#everReceived = new ChunkSet(totalChunks);
    this.resetHeld();
  }

  get name(): string {
    return this.planned.name;
  }

  get session(): PlannedSession {
    return this.planned.sessions[this.#sessionAt]!;
  }

  /** From 1: a session that a fault cuts is made of several stays. */
  get stayNumber(): number {
    return this.#stay;
  }

  get hasNextSession(): boolean {
    return this.#sessionAt + 1 < this.planned.sessions.length;
  }

  /** It will not be in the swarm again. */
  get isOver(): boolean {
    return this.phase === 'dying' || this.phase === 'gone' || this.phase === 'failed';
  }

  /** No join and no return of it lies ahead. */
  get isSettled(): boolean {
    return this.isOver || (this.phase === 'present' && !this.hasNextSession);
  }

  /** Incomplete for good. One that is about to die is not yet. */
  get lost(): boolean {
    return !this.complete && (this.phase === 'failed' || this.phase === 'gone');
  }

  /** A peer that broke has not left. */
  get leftIncomplete(): boolean {
    return this.phase === 'gone' && !this.complete;
  }

  /** As things stand: who may leave is excused once it is gone. */
  get mustComplete(): boolean {
    const { mustComplete } = this.planned;
    return mustComplete === 'unless-gone' ? !this.leftIncomplete : mustComplete;
  }

  get hadEverything(): boolean {
    return this.heldAtStart.length === this.held.totalChunks;
  }

  nextSession(): void {
    this.#sessionAt++;
    this.#stay++;
    this.phase = 'coming';
  }

  /** Goes on with its session in a new stay. */
  nextStay(): void {
    this.#stay++;
    this.phase = 'returning';
  }

  receive(index: number, bytes: number): void {
    if (this.held.add(index)) this.gotBytes += bytes;
    if (!this.#everReceived.add(index)) this.refetchedBytes += bytes;
  }

  /** To what it held at the start of the run. */
  resetHeld(): void {
    this.gotBytes = 0;
    this.held = new ChunkSet(this.held.totalChunks);
    for (const index of this.heldAtStart) this.held.add(index);
    this.complete = this.held.complete;
  }
}

/** Present, or still to come. */
export function stillThere(peers: readonly PeerState[]): readonly PeerState[] {
  return peers.filter(({ isOver }) => !isOver);
}
