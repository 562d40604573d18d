import { LocalProtocolError, RemoteProtocolError } from '../../core/errors.ts';
import type { Address, Clock, CloseReason, Connection, ConnectionHandlers } from '../../core/interfaces.ts';
import type { Dialect, Message } from '../../core/protocol/messages.ts';
import { KIB } from '../../core/units.ts';
import { DelayLine } from './delay-line.ts';
import { blockBytes, uplinkQueueBytes } from './link.ts';
import type { RateScheduler } from './rate-scheduler.ts';
import { ShapedDownlink, type Incoming } from './shaped-downlink.ts';
import { ShapedUplink, type ShapedUplinkComponents } from './shaped-uplink.ts';

/** Of a transport without limits, before the connection exists that could tell. */
const UNSHAPED_BLOCK_BYTES = 256 * KIB;

/** What the connections of one peer share. */
export interface SharedLink {
  readonly clock: Clock;
  readonly up: RateScheduler | undefined;
  readonly down: RateScheduler | undefined;
  readonly upBytesPerSec: number | null;
  readonly downBytesPerSec: number | null;
  /** The next message's one-way delay, in ms; undefined: none. */
  readonly drawDelayMs: (() => number) | undefined;
  readonly onBytesDelayed: (bytes: number) => void;
  readonly onLate: (lateMs: number) => void;
}

export interface ShapedConnectionOptions {
  readonly remote: Address;
  readonly dialect: Dialect;
  /** Called before the first item is delivered; false: nobody wants the connection. */
  readonly handOver?: (connection: Connection) => boolean;
}

export class ShapedConnection implements Connection {
  readonly remote: Address;
  readonly dialect: Dialect;
  readonly #link: SharedLink;
  readonly #handOver: ((connection: Connection) => boolean) | undefined;
  readonly #uplink: ShapedUplink;
  #inner: Connection | undefined;
  #downlink: ShapedDownlink | undefined;
  #handlers: ConnectionHandlers | undefined;
  #handedOver: boolean;
  #pausedEarly = false;
  #ended = false;
  #remoteEnded = false;
  #over = false;

  constructor(link: SharedLink, options: ShapedConnectionOptions) {
    this.#link = link;
    this.remote = options.remote;
    this.dialect = options.dialect;
    this.#handOver = options.handOver;
    this.#handedOver = options.handOver === undefined;
    this.#uplink = new ShapedUplink(this.#components(link.up), {
      highWaterBytes: uplinkQueueBytes(link.upBytesPerSec),
      onDrain: () => this.#handlers?.onDrain?.(),
      onBytesDelayed: (bytes) => link.onBytesDelayed(bytes),
    });
  }

  get blockBytes(): number {
    const { upBytesPerSec } = this.#link;
    const innerBytes = this.#inner?.blockBytes ?? UNSHAPED_BLOCK_BYTES;
    return upBytesPerSec === null ? innerBytes : blockBytes(upBytesPerSec);
  }

  get bufferedBytes(): number {
    return this.#over ? 0 : this.#uplink.bufferedBytes;
  }

  /** The connection is broken or closed; only `onClose` may still follow. */
  get over(): boolean {
    return this.#over;
  }

  setHandlers(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
  }

  send(message: Message): boolean {
    if (this.#ended || this.#over) return false;
    return this.#uplink.send(message);
  }

  pause(): void {
    this.#pausedEarly = true;
    this.#downlink?.pause();
  }

  resume(): void {
    this.#pausedEarly = false;
    this.#downlink?.resume();
  }

  end(): void {
    if (this.#ended || this.#over) return;
    this.#ended = true;
    this.#uplink.end();
  }

  abort(): void {
    this.#break({ kind: 'reset', detail: 'aborted by this side' });
  }

  /** Puts the shaping around a connection. `firstExtraMs`: goes on top of the delay of what comes in first. */
  open(inner: Connection, firstExtraMs = 0): void {
    this.#inner = inner;
    const downlink = new ShapedDownlink(this.#components(this.#link.down), inner, {
      bytesPerSec: this.#link.downBytesPerSec,
      firstExtraMs,
      onItem: (item) => this.#onItem(item),
      onBytesDelayed: (bytes) => this.#link.onBytesDelayed(bytes),
    });
    this.#downlink = downlink;
    inner.setHandlers({
      onMessage: (message) => downlink.receive(message),
      onDrain: () => this.#uplink.onInnerDrain(),
      onRemoteEnd: () => downlink.push({ ended: true }),
      onClose: (reason) => this.#onInnerClose(reason),
    });
    if (this.#pausedEarly) downlink.pause();
    this.#uplink.open(inner);
  }

  #components(scheduler: RateScheduler | undefined): ShapedUplinkComponents {
    const { clock, drawDelayMs, onLate } = this.#link;
    const createLine =
      drawDelayMs &&
      (<Item>(onArrival: (item: Item, atMs: number) => void) =>
        new DelayLine<Item>({ clock }, { drawMs: drawDelayMs, onArrival, onLate }));
    return { clock, scheduler, createLine };
  }

  /**
   * A refusal has waited already, and after the remote's end there is nothing to wait for. A reset takes its time on
   * the wire but overtakes what waits for the rate.
   */
  #onInnerClose(reason: CloseReason): void {
    if (this.#over) return;
    if (reason.kind === 'refused' || this.#remoteEnded) this.#close(reason);
    else if (reason.kind === 'reset') {
      this.#link.clock.setTimer(this.#link.drawDelayMs?.() ?? 0, () => this.#close(reason));
    } else this.#downlink?.push({ closed: reason });
  }

  #onItem(item: Incoming): void {
    if (this.#over) return;
    if (!this.#handedOver) {
      this.#handedOver = true;
      if (this.#handOver?.(this) !== true) {
        this.abort();
        return;
      }
    }
    if ('message' in item) this.#onMessage(item.message);
    else if ('closed' in item) this.#close(item.closed);
    else this.#onRemoteEnd();
  }

  #onRemoteEnd(): void {
    this.#remoteEnded = true;
    if (this.#handlers?.onRemoteEnd) this.#handlers.onRemoteEnd();
    else this.end();
  }

  #onMessage(message: Message): void {
    if (this.#over) return;
    if (!this.#handlers) throw new LocalProtocolError('a connection was handed over and got no handlers');
    try {
      this.#handlers.onMessage(message);
    } catch (error) {
      if (!(error instanceof RemoteProtocolError)) throw error;
      this.#break({ kind: 'protocol', detail: error.message });
    }
  }

  #break(reason: CloseReason): void {
    if (this.#over) return;
    this.#stop();
    this.#inner?.abort();
    this.#link.clock.setTimer(0, () => this.#handlers?.onClose(reason));
  }

  #close(reason: CloseReason): void {
    if (this.#over) return;
    this.#stop();
    this.#handlers?.onClose(reason);
  }

  #stop(): void {
    this.#over = true;
    this.#uplink.clear();
    this.#downlink?.stop();
  }
}
