import type { CloseReason, Connection } from '../../core/interfaces.ts';
import { keepable } from '../../core/protocol/keepable.ts';
import { messageBytes } from '../../core/protocol/message-bytes.ts';
import type { Message } from '../../core/protocol/messages.ts';
import { DelayLine } from './latency.ts';
import { Fifo } from './fifo.ts';
import type { LinkState } from './link-state.ts';
import { flightBytesMax, handedBytes } from './link-sizes.ts';
import { PartGatherer } from './part-gatherer.ts';
import type { RateFlow } from './rate-scheduler.ts';
import type { SegmentLoss } from './segment-loss.ts';
import { partBytes, partsOf } from './message-parts.ts';

/** What came in, in order; a close is the last. */
export type Incoming =
  | { readonly message: Message; readonly bytes: number }
  | { readonly ended: true }
  | { readonly closed: CloseReason };

export interface ShapedDownlinkOptions {
  /** Who is at the other end. */
  readonly host: string;
  /** Goes on top of the first item's delay, in ms. */
  readonly firstExtraMs: number;
  onItem(item: Incoming): void;
  /** A black hole took something of the stream. */
  onHole(): void;
}

/**
 * What one connection receives: waits for the latency, then for the rate, then for a paused receiver. The inner
 * connection is paused while too much of it waits.
 */
export class ShapedDownlink {
  readonly #state: LinkState;
  readonly #inner: Connection;
  readonly #options: ShapedDownlinkOptions;
  readonly #line: DelayLine<Incoming>;
  readonly #flow: RateFlow<Incoming> | undefined;
  readonly #loss: SegmentLoss | undefined;
  /** undefined: whoever receives sees each slice as it comes. */
  readonly #gatherer: PartGatherer | undefined;
  /** What is through while the receiver is paused. */
  readonly #held = new Fifo<Incoming>();
  #extraMs: number;
  #waitingBytes = 0;
  #innerPaused = false;
  #paused = false;
  #stopped = false;
  /** The remote's end has come: a reset after it takes nothing away of what came before. */
  #endCame = false;

  constructor(state: LinkState, inner: Connection, options: ShapedDownlinkOptions) {
    this.#state = state;
    this.#inner = inner;
    this.#options = options;
    this.#extraMs = options.firstExtraMs;
    this.#loss = state.createLoss();
    this.#line = new DelayLine<Incoming>(state, {
      drawMs: () => state.drawDelayMs(options.host, 'in'),
      onArrival: (item, atMs) => this.#onArrival(item, atMs),
      onLate: (lateMs) => state.onLate(lateMs),
    });
    this.#flow = state.down?.scheduler.flow<Incoming>((item) => this.#onThrough(item));
    this.#gatherer = this.#createGatherer();
  }

  get heldMessages(): number {
    return this.#line.heldItems;
  }

  /** Nothing comes in while held. */
  setHeld(held: boolean): void {
    this.#line.setHeld(held);
  }

  receive(message: Message): void {
    if (this.#stopped) return;
    if (this.#passes()) {
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
    if ('ended' in item) this.#endCame = true;
    const extraMs = this.#extraMs;
    this.#extraMs = 0;
    const stallMs = 'message' in item ? (this.#loss?.stallMs(item.message, item.bytes) ?? 0) : 0;
    const waits = this.#line.push(item, this.#state.clock.now(), { extraMs, stallMs });
    if (waits) this.#state.onDelayed(sizeOf(item));
  }

  pause(): void {
    this.#paused = true;
    this.#flow?.setBlocked(true);
    if (this.#flow === undefined) this.#inner.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#passes() && this.#held.length === 0) {
      if (!this.#innerPaused) this.#inner.resume();
    } else this.#state.clock.setTimer(0, () => this.#deliverHeld());
  }

  /** Nothing is delivered any more. */
  stop(): void {
    this.#stopped = true;
    this.#line.clear();
    this.#flow?.clear();
    this.#held.clear();
    this.#gatherer?.clear();
  }

  #createGatherer(): PartGatherer | undefined {
    const { down, clock, sliceMs, timerGrainMs } = this.#state;
    if (down === undefined || timerGrainMs === 0) return undefined;
    return new PartGatherer(
      { clock },
      {
        mostBytes: () => handedBytes(down.rate.bytesPerSecAt(clock.now()), sliceMs),
        onJoined: (message) => this.#pass({ message, bytes: 0 }),
      },
    );
  }

  /** Whether a message would go through without a stop. */
  #passes(): boolean {
    if (this.#flow !== undefined || this.#loss !== undefined || this.#state.blackHole) return false;
    if (this.#extraMs > 0 || !this.#line.isOpen || this.#state.link.jitterMs !== null) return false;
    return this.#state.ownDelayMs(this.#options.host, 'in') === 0;
  }

  #windowBytes(): number {
    const { down, clock } = this.#state;
    return flightBytesMax(down?.rate.bytesPerSecAt(clock.now()) ?? null, this.#line.longestMs);
  }

  /** A reset takes its time on the wire, but overtakes what waits for the rate or a paused receiver. */
  #onArrival(item: Incoming, atMs: number): void {
    if (this.#state.blackHole) this.#swallow(item);
    else if ('closed' in item && item.closed.kind === 'reset' && !this.#endCame) {
      this.#gatherer?.flush();
      this.#options.onItem(item);
    } else if (this.#flow === undefined) this.#onThrough(item);
    else for (const part of this.#parts(item)) this.#flow.push(part, sizeOf(part), atMs);
  }

  /** A receiver on a slow link sees the bytes of a chunk as they come, not the whole message at last. */
  #parts(item: Incoming): readonly Incoming[] {
    const { down, clock } = this.#state;
    if (!('message' in item) || down === undefined) return [item];
    return partsOf(item.message, item.bytes, partBytes(down.rate.bytesPerSecAt(clock.now())));
  }

  #swallow(item: Incoming): void {
    this.#waitingBytes -= sizeOf(item);
    this.#state.onSwallowed('message' in item ? item.message : undefined, sizeOf(item));
    this.#options.onHole();
  }

  #onThrough(item: Incoming): void {
    if (this.#stopped) return;
    if (!('message' in item)) this.#gatherer?.flush();
    else if (this.#gatherer?.take(item.message) === true) return this.#free(item.bytes);
    this.#pass(item);
  }

  #pass(item: Incoming): void {
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
    this.#options.onItem(item);
    this.#free(sizeOf(item));
  }

  /** So many bytes wait no more. */
  #free(bytes: number): void {
    this.#waitingBytes -= bytes;
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
