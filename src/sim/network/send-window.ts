import type { Clock, Timer } from '../../core/interfaces.ts';
import { Fifo } from './fifo.ts';

const SEGMENT_BYTES = 1460;

/** RFC 6928. */
const INITIAL_SEGMENTS = 10;

/** Of a connection in slow start, where nothing smaller is allowed. */
export const INITIAL_WINDOW_BYTES = INITIAL_SEGMENTS * SEGMENT_BYTES;

const ROUNDING_MS = 1e-6;

export interface SendWindowOptions {
  /** The most that may be under way. */
  readonly bytes: number;
  /** Begins with 10 segments and grows by what is acknowledged, so that it doubles each round trip. */
  readonly slowStart: boolean;
  /** From the moment a message has left this side's link until its acknowledgement is back, in ms. */
  ackDelayMs(): number;
  /** There is room since `atMs`. */
  onRoom(atMs: number): void;
}

/**
 * How much one connection may have sent without an acknowledgement (RFC 5681 without its losses: no congestion
 * avoidance, and idle time does not shrink it). A message larger than the window goes when nothing else is under way.
 */
export class SendWindow {
  readonly #clock: Clock;
  readonly #options: SendWindowOptions;
  readonly #flight = new Fifo<{ readonly bytes: number; readonly ackMs: number }>();
  #windowBytes: number;
  #unacknowledged = 0;
  #lastAckMs = 0;
  #timer: Timer | undefined;

  constructor(components: { readonly clock: Clock }, options: SendWindowOptions) {
    this.#clock = components.clock;
    this.#options = options;
    this.#windowBytes = options.slowStart ? Math.min(INITIAL_WINDOW_BYTES, options.bytes) : options.bytes;
  }

  /** As it is now. */
  get bytes(): number {
    return this.#windowBytes;
  }

  admits(bytes: number): boolean {
    return this.#unacknowledged === 0 || this.#unacknowledged + bytes <= this.#windowBytes;
  }

  /** The message is under way from here on; `left` follows. */
  admit(bytes: number): void {
    this.#unacknowledged += bytes;
  }

  /** An admitted message has left this side's link. */
  left(bytes: number, atMs: number): void {
    this.#lastAckMs = Math.max(this.#lastAckMs, atMs + this.#options.ackDelayMs());
    this.#flight.push({ bytes, ackMs: this.#lastAckMs });
    if (this.#timer === undefined) this.#setTimer();
  }

  clear(): void {
    this.#timer?.cancel();
    this.#flight.clear();
    this.#unacknowledged = 0;
  }

  #setTimer(): void {
    const first = this.#flight.peek();
    if (first === undefined) return;
    const delayMs = Math.max(0, first.ackMs - this.#clock.now());
    this.#timer = this.#clock.setTimer(delayMs, () => this.#acknowledge());
  }

  #acknowledge(): void {
    const now = this.#clock.now();
    for (let first = this.#flight.peek(); first !== undefined; first = this.#flight.peek()) {
      if (first.ackMs > now + ROUNDING_MS) break;
      this.#flight.shift();
      this.#unacknowledged -= first.bytes;
      if (this.#options.slowStart) {
        this.#windowBytes = Math.min(this.#windowBytes + first.bytes, this.#options.bytes);
      }
      this.#options.onRoom(first.ackMs);
    }
    this.#timer = undefined;
    this.#setTimer();
  }
}
