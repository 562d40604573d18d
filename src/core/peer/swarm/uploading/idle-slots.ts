import { Alarm } from '../../../alarm.ts';
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
  /** For the first slot that is idle for long enough. */
  readonly #alarm: Alarm;

  constructor(
    { clock }: Pick<PeerContext, 'clock'>,
    neighbours: Neighbourhood,
    onIdle: (holders: readonly Neighbour[]) => void,
  ) {
    this.#clock = clock;
    this.#neighbours = neighbours;
    this.#onIdle = onIdle;
    this.#alarm = new Alarm(clock, () => this.look());
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
    const { choked } = this.#neighbours.standing;
    const unchoked = (at: number): number => ~choked.words[at]!;
    const firstMs = this.#neighbours.least(unchoked, dueMsOf);
    if (firstMs > nowMs) return this.#alarm.by(firstMs);
    const holders = this.#neighbours.where(unchoked);
    this.#alarm.by(Math.min(...holders.map(dueMsOf).filter((dueMs) => dueMs > nowMs)));
    const idle = holders.filter((holder) => dueMsOf(holder) <= nowMs);
    for (const holder of idle) this.#enough.add(holder);
    this.#onIdle(idle);
  }

  stop(): void {
    this.#alarm.cancel();
  }

  #isWaitedFor(): boolean {
    const { choked, interested } = this.#neighbours.standing;
    return this.#neighbours.some(
      (at) => choked.words[at]! & interested.words[at]!,
      (neighbour) => !this.#enough.has(neighbour),
    );
  }
}

/** When a slot has been idle for long enough to be taken away; Infinity: its holder is being sent something. */
function dueMsOf({ serving, blocked, connection, idleSinceMs, awayMs }: Neighbour): number {
  if (serving.length > 0 || blocked || connection.bufferedBytes > 0) return Infinity;
  return idleSinceMs + IDLE_MS + (awayMs ?? USE_FIRST_MS);
}
