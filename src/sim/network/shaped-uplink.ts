import type { Clock, Connection } from '../../core/interfaces.ts';
import { messageBytes } from '../../core/protocol/message-bytes.ts';
import type { Message } from '../../core/protocol/messages.ts';
import type { DelayLine } from './delay-line.ts';
import { Fifo } from './fifo.ts';
import type { RateFlow, RateScheduler } from './rate-scheduler.ts';

export type Outgoing = { readonly message: Message; readonly bytes: number } | 'end';

export interface ShapedUplinkComponents {
  readonly clock: Clock;
  /** Shared by the peer's connections; undefined: no rate. */
  readonly scheduler: RateScheduler | undefined;
  /** Makes the connection's line; undefined: no latency. */
  readonly createLine: (<Item>(onArrival: (item: Item, atMs: number) => void) => DelayLine<Item>) | undefined;
}

/** What one connection sends: waits for the rate, then for the latency, then goes to the inner connection. */
export class ShapedUplink {
  readonly #clock: Clock;
  readonly #highWaterBytes: number;
  readonly #onDrain: () => void;
  readonly #onBytesDelayed: (bytes: number) => void;
  readonly #flow: RateFlow<Outgoing> | undefined;
  readonly #line: DelayLine<Outgoing> | undefined;
  /** What was sent before the connection was opened. */
  readonly #early = new Fifo<Outgoing>();
  /** Bytes that `send` took and that count for back-pressure. */
  #buffered = 0;
  #inner: Connection | undefined;
  #innerFull = false;
  #wantsDrain = false;

  constructor(
    { clock, scheduler, createLine }: ShapedUplinkComponents,
    options: {
      readonly highWaterBytes: number;
      onDrain(): void;
      onBytesDelayed(bytes: number): void;
    },
  ) {
    this.#clock = clock;
    this.#highWaterBytes = options.highWaterBytes;
    this.#onDrain = () => options.onDrain();
    this.#onBytesDelayed = (bytes) => options.onBytesDelayed(bytes);
    this.#flow = scheduler?.flow<Outgoing>((item, atMs) => this.#onServed(item, atMs));
    this.#line = createLine?.<Outgoing>((item) => this.#onArrival(item));
  }

  get bufferedBytes(): number {
    return this.#buffered + (this.#inner?.bufferedBytes ?? 0);
  }

  /** The inner connection exists; what was sent before starts. */
  open(inner: Connection): void {
    this.#inner = inner;
    for (let item = this.#early.shift(); item !== undefined; item = this.#early.shift()) this.#start(item);
  }

  send(message: Message): boolean {
    const bytes = messageBytes(message);
    this.#buffered += bytes;
    this.#put({ message, bytes });
    const free = this.#buffered < this.#highWaterBytes && !this.#innerFull;
    if (!free) this.#wantsDrain = true;
    return free;
  }

  /** The end waits behind everything sent. */
  end(): void {
    this.#put('end');
  }

  /** The inner connection takes messages again. */
  onInnerDrain(): void {
    this.#innerFull = false;
    this.#flow?.setBlocked(false);
    this.#tellDrain();
  }

  /** Drops what has not reached the inner connection. */
  clear(): void {
    this.#early.clear();
    this.#flow?.clear();
    this.#line?.clear();
    this.#buffered = 0;
  }

  #put(item: Outgoing): void {
    if (this.#inner === undefined) this.#early.push(item);
    else this.#start(item);
  }

  #start(item: Outgoing): void {
    const now = this.#clock.now();
    if (this.#flow) this.#flow.push(item, sizeOf(item), now);
    else this.#fly(item, now);
  }

  #onServed(item: Outgoing, atMs: number): void {
    this.#buffered -= sizeOf(item);
    this.#fly(item, atMs);
    this.#tellDrain();
  }

  /** Bytes in flight are delayed, not paced. */
  #fly(item: Outgoing, atMs: number): void {
    if (this.#line === undefined) {
      this.#toInner(item);
      return;
    }
    this.#onBytesDelayed(sizeOf(item));
    this.#line.push(item, atMs);
  }

  #onArrival(item: Outgoing): void {
    this.#toInner(item);
    this.#tellDrain();
  }

  #toInner(item: Outgoing): void {
    // Without a rate, what the inner connection has not got counts for back-pressure.
    if (this.#flow === undefined) this.#buffered -= sizeOf(item);
    if (item === 'end') this.#inner?.end();
    else if (this.#inner?.send(item.message) === false) {
      this.#innerFull = true;
      this.#flow?.setBlocked(true);
    }
  }

  #tellDrain(): void {
    if (!this.#wantsDrain || this.#innerFull || this.#buffered >= this.#highWaterBytes / 2) return;
    this.#wantsDrain = false;
    this.#onDrain();
  }
}

function sizeOf(item: Outgoing): number {
  return item === 'end' ? 0 : item.bytes;
}
