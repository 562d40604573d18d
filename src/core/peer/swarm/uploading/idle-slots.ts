import type { Timer } from '../../../interfaces.ts';
import type { PeerContext } from '../../context.ts';
import type { Neighbour } from '../neighbours/neighbour.ts';
import type { Neighbourhood } from '../neighbours/neighbourhood.ts';

/** Least time for which a slot may be idle while others wait for one. */
const IDLE_MS = 50;
/** How long a neighbour takes to make use of a slot, before any has. */
const USE_FIRST_MS = 200;

/**
 * Finds slots that their holders make no use of while others wait: those who hold one ask for nothing, since others
 * bring them what they lack. They are waited for as long as neighbours take to make use of a slot.
 */
export class IdleSlots {
  readonly #clock: PeerContext['clock'];
  readonly #neighbours: Neighbourhood;
  readonly #onIdle: (holders: readonly Neighbour[]) => void;
  /** They made no use of their slot, and nothing has come to be held since that they lack. */
  readonly #enough = new Set<Neighbour>();
  #timer: Timer | undefined;

  constructor(
    { clock }: Pick<PeerContext, 'clock'>,
    neighbours: Neighbourhood,
    onIdle: (holders: readonly Neighbour[]) => void,
  ) {
    this.#clock = clock;
    this.#neighbours = neighbours;
    this.#onIdle = onIdle;
  }

  /** The neighbour asked for something so long after it had been unchoked, in time or not. */
  used(neighbour: Neighbour, afterMs: number): void {
    const isLate = neighbour.weChoke;
    neighbour.awayMs = isLate ? afterMs : Math.min(neighbour.awayMs ?? Infinity, afterMs);
  }

  hadEnough(neighbour: Neighbour): boolean {
    return this.#enough.has(neighbour);
  }

  /** A chunk has come to be held. */
  held(index: number): void {
    for (const neighbour of this.#enough) if (!neighbour.theirs.has(index)) this.#enough.delete(neighbour);
  }

  left(neighbour: Neighbour): void {
    this.#enough.delete(neighbour);
  }

  /** All may want a slot again. */
  forget(): void {
    this.#enough.clear();
  }

  /** To be called when a slot may have become idle, or somebody may have begun to wait. */
  look(): void {
    if (!this.#isWaitedFor()) return;
    const nowMs = this.#clock.now();
    const idle: Neighbour[] = [];
    let nextMs = Infinity;
    const { choked } = this.#neighbours.standing;
    for (const neighbour of this.#neighbours.where((at) => ~choked.words[at]!)) {
      const { serving, blocked, connection } = neighbour;
      if (serving.length > 0 || blocked || connection.bufferedBytes > 0) continue;
      const dueMs = neighbour.idleSinceMs + IDLE_MS + (neighbour.awayMs ?? USE_FIRST_MS);
      if (dueMs <= nowMs) idle.push(neighbour);
      else nextMs = Math.min(nextMs, dueMs);
    }
    if (nextMs < Infinity) {
      this.#timer ??= this.#clock.setTimer(nextMs - nowMs, () => {
        this.#timer = undefined;
        this.look();
      });
    }
    if (idle.length === 0) return;
    for (const holder of idle) this.#enough.add(holder);
    this.#onIdle(idle);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #isWaitedFor(): boolean {
    const { choked, interested } = this.#neighbours.standing;
    const waiting = this.#neighbours.where((at) => choked.words[at]! & interested.words[at]!);
    return waiting.some((neighbour) => !this.#enough.has(neighbour));
  }
}
