import type { Clock, Timer } from '../../core/interfaces.ts';
import { Fifo } from './fifo.ts';

/** As of the rates: far below any delay, far above the rounding of a clock's sums. */
const ROUNDING_MS = 1e-6;

export interface DelayLineOptions<Item> {
  /** The delay of the next item, in ms. */
  drawMs(): number;
  /** `atMs`: when its time was, now or a moment ago. */
  onArrival(item: Item, atMs: number): void;
  /** How long after its time an item arrived. */
  onLate(lateMs: number): void;
}

/**
 * One direction of one connection: holds each item for its delay, any number of them at a time, so that a delay
 * costs no throughput. An item never overtakes another: one with a short delay waits for those before it.
 */
export class DelayLine<Item> {
  readonly #clock: Clock;
  readonly #options: DelayLineOptions<Item>;
  readonly #items = new Fifo<{ readonly item: Item; readonly dueMs: number }>();
  #lastDueMs = 0;
  #longestMs = 0;
  #timer: Timer | undefined;

  constructor(components: { readonly clock: Clock }, options: DelayLineOptions<Item>) {
    this.#clock = components.clock;
    this.#options = options;
  }

  /** The longest delay so far, 0 without any. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** `atMs`: when the item came by schedule, now or a moment ago; `extraMs` goes on top of its delay. */
  push(item: Item, atMs: number, extraMs = 0): void {
    const delayMs = this.#options.drawMs();
    this.#longestMs = Math.max(this.#longestMs, delayMs);
    this.#lastDueMs = Math.max(this.#lastDueMs, atMs + delayMs + extraMs);
    this.#items.push({ item, dueMs: this.#lastDueMs });
    if (this.#items.length === 1) this.#setTimer();
  }

  /** Nothing that is in the line arrives any more. */
  clear(): void {
    this.#items.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #setTimer(): void {
    const first = this.#items.peek();
    if (first === undefined || this.#timer !== undefined) return;
    this.#timer = this.#clock.setTimer(Math.max(0, first.dueMs - this.#clock.now()), () => this.#arrive());
  }

  #arrive(): void {
    const now = this.#clock.now();
    // The timer stays set meanwhile, so that a push from a handler sets no second one.
    for (let first = this.#items.peek(); first !== undefined; first = this.#items.peek()) {
      if (first.dueMs > now + ROUNDING_MS) break;
      this.#items.shift();
      this.#options.onLate(Math.max(0, now - first.dueMs));
      this.#options.onArrival(first.item, first.dueMs);
    }
    this.#timer = undefined;
    this.#setTimer();
  }
}
