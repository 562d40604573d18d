import type { Clock, Timer } from '../../core/interfaces.ts';
import { Fifo } from './fifo.ts';

/** As of the rates: far below any delay, far above the rounding of a clock's sums. */
const ROUNDING_MS = 1e-6;

export interface DelayLineComponents {
  readonly clock: Clock;
  /** About how late the clock's timers come, in ms; 0: they are exact. */
  readonly timerGrainMs: number;
}

export interface DelayLineOptions<Item> {
  /** The delay of the next item, in ms. */
  drawMs(): number;
  /** `atMs`: when its time was, now or a moment ago. */
  onArrival(item: Item, atMs: number): void;
  /** How long after its time an item arrived. */
  onLate(lateMs: number): void;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly dueMs: number;
  /** How long before its time it may go. */
  readonly earlyMs: number;
  /** Its delay is finer than timers are. */
  readonly isShort: boolean;
}

/**
 * One direction of one connection: holds each item for its delay, any number of them at a time, so that a delay
 * costs no throughput. An item never overtakes another: one with a short delay waits for those before it. Items
 * without delay pass at once.
 *
 * Where timers are coarse, an item may go up to half of their grain before its time, so that delays are
 * right on average instead of always too long. A delay below their grain is waited out in turns of the event loop.
 */
export class DelayLine<Item> {
  readonly #clock: Clock;
  readonly #options: DelayLineOptions<Item>;
  readonly #items = new Fifo<Waiting<Item>>();
  readonly #grainMs: number;
  #lastDueMs = 0;
  #longestMs = 0;
  #timer: Timer | undefined;
  #arriving = false;
  #heldSinceMs: number | undefined;
  #heldItems = 0;
  /** When it was last let go. */
  #releasedMs = 0;

  constructor(components: DelayLineComponents, options: DelayLineOptions<Item>) {
    this.#clock = components.clock;
    this.#options = options;
    this.#grainMs = components.timerGrainMs;
  }

  /** The longest delay so far, 0 without any. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** Nothing is in it and nothing holds it: an item without delay would pass. */
  get isOpen(): boolean {
    return this.#items.length === 0 && this.#heldSinceMs === undefined && !this.#arriving;
  }

  /** Items that were held beyond their time, so far. */
  get heldItems(): number {
    if (this.#heldSinceMs === undefined) return this.#heldItems;
    const now = this.#clock.now();
    return this.#heldItems + this.#items.countWhile(({ dueMs }) => dueMs <= now);
  }

  /**
   * `atMs`: when the item came by schedule, now or a moment ago; `extraMs` goes on top of its delay; the item and all
   * behind it stand still for `stallMs`. Returns whether the item has to wait.
   */
  push(item: Item, atMs: number, { extraMs = 0, stallMs = 0 } = {}): boolean {
    const delayMs = this.#options.drawMs();
    this.#longestMs = Math.max(this.#longestMs, delayMs);
    this.#lastDueMs = Math.max(this.#lastDueMs, atMs + delayMs + extraMs) + stallMs;
    if (this.isOpen && this.#lastDueMs <= atMs) {
      this.#options.onArrival(item, atMs);
      return false;
    }
    const isShort = delayMs < this.#grainMs;
    this.#items.push({ item, dueMs: this.#lastDueMs, earlyMs: isShort ? 0 : this.#grainMs / 2, isShort });
    if (!this.#arriving) this.#setTimer();
    return true;
  }

  /** While held, nothing arrives; afterwards what is overdue arrives at once, in order. */
  setHeld(held: boolean): void {
    if (held === (this.#heldSinceMs !== undefined)) return;
    const now = this.#clock.now();
    if (held) {
      this.#heldSinceMs = now;
      this.#timer?.cancel();
      this.#timer = undefined;
      return;
    }
    this.#heldItems = this.heldItems;
    this.#heldSinceMs = undefined;
    // What is overdue is due now: nobody was late.
    this.#releasedMs = now;
    this.#setTimer();
  }

  /** Nothing that is in the line arrives any more. */
  clear(): void {
    this.#heldItems = this.heldItems;
    this.#items.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #setTimer(): void {
    const first = this.#items.peek();
    if (first === undefined || this.#timer !== undefined || this.#heldSinceMs !== undefined) return;
    const leftMs = Math.max(0, first.dueMs - first.earlyMs - this.#clock.now());
    const isTooFine = first.isShort && leftMs < this.#grainMs;
    this.#timer = this.#clock.setTimer(isTooFine ? 0 : leftMs, () => this.#arrive());
  }

  #arrive(): void {
    this.#timer = undefined;
    this.#arriving = true;
    try {
      this.#deliverDue();
    } finally {
      this.#arriving = false;
    }
    this.#setTimer();
  }

  #deliverDue(): void {
    const now = this.#clock.now();
    while (this.#heldSinceMs === undefined) {
      const first = this.#items.peek();
      if (first === undefined || first.dueMs - first.earlyMs > now + ROUNDING_MS) return;
      this.#items.shift();
      const dueMs = Math.max(first.dueMs, this.#releasedMs);
      this.#options.onLate(Math.max(0, now - dueMs));
      this.#options.onArrival(first.item, Math.min(dueMs, now));
    }
  }
}
