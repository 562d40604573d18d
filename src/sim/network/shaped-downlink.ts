import type { Clock, CloseReason, Connection } from '../../core/interfaces.ts';
import { keepable } from '../../core/node/tcp-wire.ts';
import { messageBytes } from '../../core/protocol/message-bytes.ts';
import type { Message } from '../../core/protocol/messages.ts';
import type { DelayLine } from './delay-line.ts';
import { Fifo } from './fifo.ts';
import { downlinkWindowBytes } from './link.ts';
import type { RateFlow } from './rate-scheduler.ts';
import type { ShapedUplinkComponents } from './shaped-uplink.ts';

/** What came in, in order; a close is the last. */
export type Incoming =
  | { readonly message: Message; readonly bytes: number }
  | { readonly ended: true }
  | { readonly closed: CloseReason };

export interface ShapedDownlinkOptions {
  /** null: not limited. */
  readonly bytesPerSec: number | null;
  /** Goes on top of the first item's delay, in ms. */
  readonly firstExtraMs: number;
  onItem(item: Incoming): void;
  onBytesDelayed(bytes: number): void;
}

/**
 * What one connection receives: waits for the latency, then for the rate, then for a paused receiver. The inner
 * connection is paused while too much of it waits.
 */
export class ShapedDownlink {
  readonly #clock: Clock;
  readonly #inner: Connection;
  readonly #options: ShapedDownlinkOptions;
  readonly #line: DelayLine<Incoming> | undefined;
  readonly #flow: RateFlow<Incoming> | undefined;
  /** What is through while the receiver is paused. */
  readonly #held = new Fifo<Incoming>();
  #extraMs: number;
  #waitingBytes = 0;
  #innerPaused = false;
  #paused = false;
  #stopped = false;

  constructor(
    { clock, scheduler, createLine }: ShapedUplinkComponents,
    inner: Connection,
    options: ShapedDownlinkOptions,
  ) {
    this.#clock = clock;
    this.#inner = inner;
    this.#options = options;
    this.#extraMs = options.firstExtraMs;
    this.#line = createLine?.<Incoming>((item, atMs) => this.#onArrival(item, atMs));
    this.#flow = scheduler?.flow<Incoming>((item) => this.#onThrough(item));
  }

  receive(message: Message): void {
    if (this.#line === undefined && this.#flow === undefined) {
      this.#onThrough({ message, bytes: 0 });
      return;
    }
    const bytes = messageBytes(message);
    this.#waitingBytes += bytes;
    this.push({ message: keepable(message), bytes });
    if (this.#waitingBytes < this.#windowBytes() || this.#innerPaused) return;
    this.#innerPaused = true;
    this.#inner.pause();
  }

  /** The remote's end or a close: it comes after the messages before it. */
  push(item: Incoming): void {
    if (this.#stopped) return;
    const now = this.#clock.now();
    if (this.#line === undefined) {
      this.#onArrival(item, now);
      return;
    }
    this.#options.onBytesDelayed(sizeOf(item));
    this.#line.push(item, now, this.#extraMs);
    this.#extraMs = 0;
  }

  pause(): void {
    this.#paused = true;
    this.#flow?.setBlocked(true);
    if (this.#line === undefined && this.#flow === undefined) this.#inner.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#line === undefined && this.#flow === undefined && this.#held.length === 0) this.#inner.resume();
    else this.#clock.setTimer(0, () => this.#deliverHeld());
  }

  /** Nothing is delivered any more. */
  stop(): void {
    this.#stopped = true;
    this.#line?.clear();
    this.#flow?.clear();
    this.#held.clear();
  }

  #windowBytes(): number {
    return downlinkWindowBytes(this.#options.bytesPerSec, this.#line?.longestMs ?? 0);
  }

  #onArrival(item: Incoming, atMs: number): void {
    if (this.#flow) this.#flow.push(item, sizeOf(item), atMs);
    else this.#onThrough(item);
  }

  #onThrough(item: Incoming): void {
    if (this.#stopped) return;
    if (this.#paused || this.#held.length > 0) this.#held.push(keptItem(item));
    else this.#deliver(item);
  }

  #deliverHeld(): void {
    while (!this.#paused && !this.#stopped) {
      const item = this.#held.shift();
      if (item === undefined) {
        this.#flow?.setBlocked(false);
        if (!this.#innerPaused) this.#inner.resume();
        return;
      }
      this.#deliver(item);
    }
  }

  #deliver(item: Incoming): void {
    this.#waitingBytes -= sizeOf(item);
    this.#options.onItem(item);
    if (!this.#innerPaused || this.#stopped || this.#waitingBytes >= this.#windowBytes() / 2) return;
    this.#innerPaused = false;
    this.#inner.resume();
  }
}

function sizeOf(item: Incoming): number {
  return 'bytes' in item ? item.bytes : 0;
}

function keptItem(item: Incoming): Incoming {
  return 'message' in item ? { ...item, message: keepable(item.message) } : item;
}
