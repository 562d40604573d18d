import type { Connection } from '../../core/interfaces.ts';
import { messageBytes } from '../../core/protocol/message-bytes.ts';
import type { Message } from '../../core/protocol/messages.ts';
import { DelayLine } from './latency.ts';
import { Fifo } from './fifo.ts';
import type { LinkState } from './link-state.ts';
import { blockBytes, flightBytesMax, STALLED_QUEUE_BYTES, uplinkQueueBytes } from './link-sizes.ts';
import { PartQueue, type Outgoing } from './part-queue.ts';
import { passesParts } from './passing.ts';
import type { RateFlow } from './rate-scheduler.ts';
import type { SegmentLoss } from './segment-loss.ts';
import { SendWindow } from './send-window.ts';

export interface ShapedUplinkOptions {
  /** Who is at the other end. */
  readonly host: string;
  onDrain(): void;
  /** A black hole took something of the stream. */
  onHole(): void;
}

/**
 * What one connection sends: waits for the window, then for the rate, then for the latency and what is lost, then
 * goes to the inner connection.
 */
export class ShapedUplink {
  readonly #state: LinkState;
  readonly #options: ShapedUplinkOptions;
  readonly #window: SendWindow | undefined;
  readonly #flow: RateFlow<Outgoing> | undefined;
  readonly #line: DelayLine<Outgoing>;
  readonly #loss: SegmentLoss | undefined;
  /** What was sent before the connection was opened, or waits for the window. */
  readonly #waiting = new Fifo<Outgoing>();
  /** Waits to be cut into slices; undefined: what is sent is short already. */
  readonly #parts: PartQueue | undefined;
  /** Of it, messages that have been cut and not been served. */
  #fed = 0;
  /** Bytes that `send` took and that count for back-pressure. */
  #buffered = 0;
  #flightBytes = 0;
  #inner: Connection | undefined;
  #innerFull = false;
  #wantsDrain = false;

  constructor(state: LinkState, options: ShapedUplinkOptions) {
    this.#state = state;
    this.#options = options;
    const { clock } = state;
    const { host } = options;
    const window = state.windowTo(host);
    this.#window =
      window &&
      new SendWindow(
        { clock },
        {
          ...window,
          ackDelayMs: () => state.ackDelayMs(host),
          onRoom: (atMs) => {
            this.#startWaiting(atMs);
            // The window may have grown: what it is to be filled with must come at once, not when this has arrived.
            this.#tellDrain();
          },
        },
      );
    this.#flow = state.up?.scheduler.flow<Outgoing>((item, atMs) => this.#onServed(item, atMs));
    this.#loss = state.createLoss();
    // Exact clocks wake up for each block at no cost; windows and losses are about what is sent at a time.
    const isPlain = this.#flow !== undefined && this.#window === undefined && this.#loss === undefined;
    this.#parts = isPlain && state.timerGrainMs > 0 ? new PartQueue() : undefined;
    this.#line = new DelayLine<Outgoing>(state, {
      drawMs: () => state.drawDelayMs(host, 'out'),
      onArrival: (item, atMs) => this.#onArrival(item, atMs),
      onLate: (lateMs) => state.onLate(lateMs),
    });
  }

  get bufferedBytes(): number {
    return this.#buffered + (this.#inner?.bufferedBytes ?? 0);
  }

  /** What the connection may have under way at present; undefined: no limit. */
  get windowBytes(): number | undefined {
    return this.#window?.bytes;
  }

  /** Whether a part of a chunk may be longer than a slice of the rate. */
  get cuts(): boolean {
    return this.#parts !== undefined;
  }

  get heldMessages(): number {
    return this.#line.heldItems;
  }

  /** The inner connection exists; what was sent before starts. */
  open(inner: Connection): void {
    this.#inner = inner;
    this.#startWaiting(this.#state.clock.now());
    for (let i = 0; i < this.#waiting.length; i++) this.#state.onWindowFull(this.#options.host);
  }

  send(message: Message): boolean {
    const bytes = messageBytes(message);
    this.#buffered += bytes;
    if (this.#goesInParts(message)) {
      this.#parts?.push({ message, bytes });
      this.#feed();
    } else this.#put({ message, bytes });
    const free = this.#buffered < this.#highWaterBytes() && !this.#innerFull;
    if (!free) this.#wantsDrain = true;
    return free;
  }

  /** The end waits behind everything sent. */
  end(): void {
    if (this.#parts !== undefined && this.#parts.length + this.#fed > 0) {
      this.#parts.push('end');
      this.#feed();
    } else this.#put('end');
  }

  /** Nothing leaves while held. */
  setHeld(held: boolean): void {
    this.#line.setHeld(held);
  }

  /** The inner connection takes messages again. */
  onInnerDrain(): void {
    this.#innerFull = false;
    this.#updateFlow();
    this.#tellDrain();
  }

  /** Drops what has not reached the inner connection. */
  clear(): void {
    this.#waiting.clear();
    this.#parts?.clear();
    this.#window?.clear();
    this.#flow?.clear();
    this.#line.clear();
    this.#buffered = 0;
  }

  #goesInParts(message: Message): boolean {
    if (this.#parts === undefined) return false;
    if (this.#parts.length > 0) return !passesParts(message);
    const isPart = message.type === 'chunk' || message.type === 'raw';
    return isPart && message.body.byteLength > this.#sliceBytes();
  }

  #sliceBytes(): number {
    const { up, clock, sliceMs } = this.#state;
    return up === undefined ? Infinity : blockBytes(up.rate.bytesPerSecAt(clock.now()), sliceMs);
  }

  /** One slice at a time waits for the rate, so that what passes the others waits for no more than that. */
  #feed(): void {
    const parts = this.#parts;
    while (parts !== undefined && parts.length > 0 && this.#fed === 0) {
      const bytesBefore = parts.bytes;
      const item = parts.next(this.#sliceBytes());
      if (item === undefined) return;
      // Each slice has a head of its own.
      this.#buffered += sizeOf(item) - (bytesBefore - parts.bytes);
      if (item !== 'end') this.#fed++;
      this.#put(item);
    }
  }

  #put(item: Outgoing): void {
    if (this.#inner === undefined || this.#waiting.length > 0 || !this.#admits(item)) {
      // Before there is a connection everything waits for that.
      if (this.#inner !== undefined && item !== 'end') this.#state.onWindowFull(this.#options.host);
      this.#waiting.push(item);
    } else this.#start(item, this.#state.clock.now());
  }

  #admits(item: Outgoing): boolean {
    return this.#window === undefined || item === 'end' || this.#window.admits(item.bytes);
  }

  #startWaiting(atMs: number): void {
    if (this.#inner === undefined) return;
    for (let item = this.#waiting.peek(); item !== undefined; item = this.#waiting.peek()) {
      if (!this.#admits(item)) return;
      this.#waiting.shift();
      this.#start(item, atMs);
    }
  }

  #start(item: Outgoing, atMs: number): void {
    if (item !== 'end') this.#window?.admit(item.bytes);
    if (this.#flow) this.#flow.push(item, sizeOf(item), atMs);
    else this.#fly(item, atMs);
  }

  #onServed(item: Outgoing, atMs: number): void {
    this.#buffered -= sizeOf(item);
    if (item !== 'end' && item.isFed === true) this.#fed--;
    this.#feed();
    this.#fly(item, atMs);
    this.#tellDrain();
  }

  /** Bytes in flight are delayed, not paced. */
  #fly(item: Outgoing, atMs: number): void {
    const bytes = sizeOf(item);
    const stallMs = item === 'end' ? 0 : (this.#loss?.stallMs(item.message, bytes) ?? 0);
    this.#flightBytes += bytes;
    if (this.#line.push(item, atMs, { stallMs })) this.#state.onDelayed(bytes);
    this.#updateFlow();
  }

  #onArrival(item: Outgoing, atMs: number): void {
    this.#flightBytes -= sizeOf(item);
    this.#updateFlow();
    if (item !== 'end') this.#window?.left(item.bytes, atMs);
    this.#toInner(item);
    this.#tellDrain();
  }

  #toInner(item: Outgoing): void {
    // Without a rate, what the inner connection has not got counts for back-pressure.
    if (this.#flow === undefined) this.#buffered -= sizeOf(item);
    if (this.#state.blackHole) {
      this.#state.onSwallowed(item === 'end' ? undefined : item.message, sizeOf(item));
      this.#options.onHole();
    } else if (item === 'end') this.#inner?.end();
    else if (this.#inner?.send(item.message) === false) {
      this.#innerFull = true;
      this.#updateFlow();
    }
  }

  /** While the inner connection takes nothing, or too much is in flight, the others have the rate. */
  #updateFlow(): void {
    const { up, clock } = this.#state;
    if (up === undefined || this.#flow === undefined) return;
    const most = flightBytesMax(up.rate.bytesPerSecAt(clock.now()), this.#line.longestMs);
    this.#flow.setBlocked(this.#innerFull || this.#flightBytes >= most);
  }

  #highWaterBytes(): number {
    const { up, clock, link, sliceMs } = this.#state;
    const bytesPerSec = up?.rate.bytesPerSecAt(clock.now()) ?? null;
    const most = link.loss === null ? Infinity : STALLED_QUEUE_BYTES;
    return Math.min(most, uplinkQueueBytes(bytesPerSec, this.#window?.bytes, sliceMs));
  }

  #tellDrain(): void {
    if (!this.#wantsDrain || this.#innerFull || this.#buffered >= this.#highWaterBytes() / 2) return;
    this.#wantsDrain = false;
    this.#options.onDrain();
  }
}

function sizeOf(item: Outgoing): number {
  return item === 'end' ? 0 : item.bytes;
}
