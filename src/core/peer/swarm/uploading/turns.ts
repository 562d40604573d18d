import type { Timer } from '../../../interfaces.ts';
import type { PeerContext } from '../../context.ts';
import type { Neighbour } from '../neighbours/neighbour.ts';

/** A turn that takes so many times as long as the uplink would need alone does not fill it… */
const SLACK = 1.5;
/** …nor does one that takes longer than this, whatever it was expected to: others wait for bytes as well. */
const TURN_MAX_MS = 500;
/** Who has waited for its turn for so long comes next. */
const WAIT_MAX_MS = 1000;
/** The uplink is full when it is expected to send at this share of the highest rate it has had lately. */
const FULL = 0.8;
/** By so much of the difference the highest rate falls with each turn that was slower. */
const FALL = 0.05;
/** A rate that is so many times the highest so far may not be the last: the next turn shows. */
const NEWS = 1.25;
/** One turn more than seems of use shows whether the uplink carries more: after so many turns at first… */
const PROBE_TURNS_FIRST = 4;
/** …and at most. */
const PROBE_TURNS_MAX = 64;

export interface TurnsCallbacks {
  /** How many neighbours hold a chunk. */
  copies(index: number): number;
  /** Time has passed, and another turn may begin. */
  onRoom(): void;
}

interface Turn {
  readonly sinceMs: number;
  readonly bytes: number;
  /** From then on it does not count as filling the uplink. */
  readonly dueMs: number;
}

/**
 * Whose chunk is being sent. One neighbour at a time gets a whole chunk, in turn, since a chunk that is whole sooner is
 * passed on sooner; several at a time where one cannot take what the uplink gives. How much that is shows by the time
 * that turns take, and now and then by one turn more than seems of use.
 */
export class Turns {
  readonly #clock: PeerContext['clock'];
  readonly #callbacks: TurnsCallbacks;
  readonly #active = new Map<Neighbour, Turn>();
  /** Those whose turn is to come, in order. */
  readonly #waiting = new Map<Neighbour, number>();
  /** Bytes per ms: the highest rate of the uplink lately; 0 before the first turn is over. */
  #rate = 0;
  /** Turns that are over, of those that overlap with one that is not or was not lately. */
  #over: { readonly sinceMs: number; readonly bytes: number; readonly endMs: number }[] = [];
  #begun = 0;
  #probeAt = PROBE_TURNS_FIRST;
  #probeTurns = PROBE_TURNS_FIRST;
  #timer: Timer | undefined;

  constructor({ clock }: Pick<PeerContext, 'clock'>, callbacks: TurnsCallbacks) {
    this.#clock = clock;
    this.#callbacks = callbacks;
  }

  /** It is being sent a chunk. */
  has(neighbour: Neighbour): boolean {
    return this.#active.has(neighbour);
  }

  /** It has requests, and others are served first. */
  waits(neighbour: Neighbour): boolean {
    return this.#waiting.has(neighbour);
  }

  /** It has requests. */
  wait(neighbour: Neighbour): void {
    if (!this.#active.has(neighbour) && !this.#waiting.has(neighbour)) {
      this.#waiting.set(neighbour, this.#clock.now());
    }
  }

  /** It has none any more, or is gone. */
  drop(neighbour: Neighbour): void {
    this.#waiting.delete(neighbour);
    this.#active.delete(neighbour);
  }

  /** Begins the next turn, if there is room for one. */
  next(): Neighbour | undefined {
    const nowMs = this.#clock.now();
    const neighbour = this.#first(nowMs);
    if (neighbour === undefined) return undefined;
    if (this.#load(nowMs) >= FULL && !this.#mayProbe()) {
      this.#wake(nowMs);
      return undefined;
    }
    const { chunkBytes, offset } = neighbour.serving[0]!;
    const bytes = chunkBytes - offset;
    this.#waiting.delete(neighbour);
    this.#active.set(neighbour, { sinceMs: nowMs, bytes, dueMs: nowMs + this.#expectedMs(bytes, nowMs) });
    this.#begun++;
    neighbour.lastServedMs = nowMs;
    return neighbour;
  }

  /** Who waits for the chunk with the fewest copies, unless somebody has waited for too long. */
  #first(nowMs: number): Neighbour | undefined {
    let first: Neighbour | undefined;
    let fewest = Infinity;
    for (const [neighbour, sinceMs] of this.#waiting) {
      // The first of all has waited for longest.
      if (first === undefined && nowMs - sinceMs > WAIT_MAX_MS) return neighbour;
      const copies = this.#callbacks.copies(neighbour.serving[0]!.index);
      if (copies >= fewest) continue;
      first = neighbour;
      fewest = copies;
    }
    return first;
  }

  /** The connection has taken its chunk. */
  end(neighbour: Neighbour): void {
    const turn = this.#active.get(neighbour);
    this.#active.delete(neighbour);
    const nowMs = this.#clock.now();
    // What fits in the buffers of the connection tells nothing of the uplink.
    if (turn !== undefined && nowMs > turn.sinceMs) this.#learn(neighbour, turn, nowMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#waiting.clear();
    this.#active.clear();
  }

  /** The share of the uplink that the turns are expected to take. */
  #load(nowMs: number): number {
    let load = 0;
    for (const [{ takesBytesPerMs }, { dueMs }] of this.#active) {
      if (nowMs < dueMs) load += Math.min(1, (takesBytesPerMs ?? Infinity) / this.#rate);
    }
    return load;
  }

  #expectedMs(bytes: number, nowMs: number): number {
    if (this.#rate === 0) return TURN_MAX_MS;
    let sum = bytes;
    for (const turn of this.#active.values()) if (nowMs < turn.dueMs) sum += turn.bytes;
    return Math.min(TURN_MAX_MS, (SLACK * sum) / this.#rate);
  }

  #mayProbe(): boolean {
    if (this.#begun < this.#probeAt || this.#active.size !== 1) return false;
    this.#probeTurns = Math.min(2 * this.#probeTurns, PROBE_TURNS_MAX);
    this.#probeAt = this.#begun + this.#probeTurns;
    return true;
  }

  #learn(neighbour: Neighbour, { sinceMs, bytes }: Turn, nowMs: number): void {
    const tookMs = nowMs - sinceMs;
    const rate = bytes / tookMs;
    let all = rate;
    for (const [other, turn] of this.#active) {
      const together = (nowMs - Math.max(turn.sinceMs, sinceMs)) / tookMs;
      all += together * (other.takesBytesPerMs ?? rate);
    }
    const firstMs = Math.min(sinceMs, ...[...this.#active.values()].map((turn) => turn.sinceMs));
    this.#over = this.#over.filter((turn) => turn.endMs > firstMs);
    for (const turn of this.#over) {
      if (turn.endMs <= sinceMs) continue;
      const together = (turn.endMs - Math.max(turn.sinceMs, sinceMs)) / tookMs;
      all += (together * turn.bytes) / (turn.endMs - turn.sinceMs);
    }
    const isAlone = this.#active.size + this.#over.length === 0;
    this.#over.push({ sinceMs, bytes, endMs: nowMs });
    if (!isAlone && this.#rate > 0 && all > this.#rate * NEWS) this.#probeAt = this.#begun;
    this.#rate = all > this.#rate ? all : this.#rate + (all - this.#rate) * FALL;
    if (all < this.#rate * FULL) neighbour.takesBytesPerMs = rate;
    // Where the uplink was full, it may take more than it got.
    else if (isAlone) neighbour.takesBytesPerMs = undefined;
    else if (rate > (neighbour.takesBytesPerMs ?? Infinity)) neighbour.takesBytesPerMs = rate;
  }

  #wake(nowMs: number): void {
    let firstMs = Infinity;
    for (const { dueMs } of this.#active.values()) if (dueMs > nowMs) firstMs = Math.min(firstMs, dueMs);
    if (this.#timer !== undefined || firstMs === Infinity) return;
    this.#timer = this.#clock.setTimer(firstMs - nowMs, () => {
      this.#timer = undefined;
      this.#callbacks.onRoom();
    });
  }
}
