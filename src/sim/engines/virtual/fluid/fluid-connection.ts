import { LocalProtocolError, RemoteProtocolError } from '../../../../core/errors.ts';
import type {
  Address,
  Clock,
  CloseReason,
  Connection,
  ConnectionHandlers,
  Timer,
} from '../../../../core/interfaces.ts';
import { messageBytes } from '../../../../core/protocol/message-bytes.ts';
import type { Dialect, Message } from '../../../../core/protocol/messages.ts';
import { MIB, SECOND_MS } from '../../../../core/units.ts';
import { Fifo } from '../../../network/fifo.ts';
import type { Direction } from '../../../network/link-control.ts';
import type { ConnectionMeter } from '../../../network/meter.ts';
import type { RouteEnd, Sent } from './route-options.ts';
import type { Route } from './route.ts';

/** As on TCP: how long a remote may leave its side open, and silent, after we ended ours; see TcpConnection. */
const LINGER_MS = 30 * SECOND_MS;
const SLOWEST_BYTES_PER_SEC = 125;

export interface FluidConnectionOptions {
  readonly remote: Address;
  readonly dialect: Dialect;
  /** Before the connection stands: into how many bytes a chunk is to be cut, and from when on `send` says false. */
  readonly early: { readonly blockBytes: number; readonly bytesMax: number };
  /** An accepted connection is handed over by this when its first message comes; false: nobody wants it. */
  readonly handOver?: (connection: FluidConnection) => boolean;
  /** The connection is over for this end, whichever way. */
  readonly onGone: (connection: FluidConnection) => void;
  /** The other end is to hear of a reset, if something is there to hear it. */
  readonly tellReset: (connection: FluidConnection) => void;
  /** So many bytes in that direction will never reach anybody, apart from what its route tells of. */
  readonly onLost: (direction: Direction, bytes: number) => void;
}

/** One end of a connection whose messages take the time that both ends' links need for them. */
export class FluidConnection implements Connection, RouteEnd {
  readonly remote: Address;
  readonly dialect: Dialect;
  readonly #clock: Clock;
  readonly #options: FluidConnectionOptions;
  #handlers: ConnectionHandlers | undefined;
  #meter: ConnectionMeter | undefined;
  /** Its owner has ended it, or heard of its end: what it still sends counts nowhere. */
  #shut = false;
  #handedOver: boolean;
  /** What was sent before the connection stood. */
  #early: { readonly sent: Sent; readonly bytes: number }[] | undefined = [];
  #earlyBytes = 0;
  #out: Route | undefined;
  #other: FluidConnection | undefined;
  /** What came while the receiver is paused; undefined: it never was. */
  #inbox: Fifo<{ readonly sent: Sent; readonly bytes: number }> | undefined;
  #inboxBytes = 0;
  #deliverySet = false;
  #paused = false;
  #ended = false;
  #endArrived = false;
  #remoteEnded = false;
  #over = false;
  #linger: Timer | undefined;
  #sentBytes = 0;
  hasHole = false;

  constructor(components: { readonly clock: Clock }, options: FluidConnectionOptions) {
    this.#clock = components.clock;
    this.#options = options;
    this.remote = options.remote;
    this.dialect = options.dialect;
    this.#handedOver = options.handOver === undefined;
  }

  get bufferedBytes(): number {
    return this.#early === undefined ? (this.#out?.bufferedBytes ?? 0) : this.#earlyBytes;
  }

  get blockBytes(): number {
    return this.#out?.blockBytes ?? this.#options.early.blockBytes;
  }

  /** The connection is broken or closed; only `onClose` may still follow. */
  get over(): boolean {
    return this.#over;
  }

  /** What this end has sent and the other has not heard, while neither is over. */
  get underWayBytes(): number {
    return this.#out === undefined ? this.#earlyBytes : this.#out.underWayBytes;
  }

  /** What has come while this end is paused. */
  get unreadBytes(): number {
    return this.#inboxBytes;
  }

  /** Whether there is a connection that can be reset. */
  get isOpen(): boolean {
    return this.#out !== undefined && this.#handedOver && !this.#over;
  }

  /** What this end sends takes this route; undefined: the connection does not stand yet. */
  get out(): Route | undefined {
    return this.#out;
  }

  get other(): FluidConnection | undefined {
    return this.#other;
  }

  /**
   * The message that is coming in, and how much of it is here by now: nothing tells of it before it is whole.
   * undefined: none is, or it has no size in time.
   */
  incoming(): { readonly message: Message; readonly bytes: number } | undefined {
    return this.#other?.out?.progress();
  }

  setHandlers(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
  }

  /** Before the connection has handlers. */
  measureBy(meter: ConnectionMeter | undefined): void {
    this.#meter = meter;
  }

  send(message: Message): boolean {
    if (this.#shut) return false;
    const bytes = messageBytes(message);
    this.#meter?.sent(message, bytes);
    if (this.#ended || this.#over) {
      this.#options.onLost('out', bytes);
      return false;
    }
    if ('body' in message) this.#sentBytes += bytes;
    return this.#put(message, bytes);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#setDelivery();
  }

  end(): void {
    this.#shut = true;
    this.#end();
  }

  #end(): void {
    if (this.#ended || this.#over) return;
    this.#ended = true;
    this.#put('end', 0);
  }

  abort(): void {
    this.#shut = true;
    this.break({ kind: 'reset', detail: 'aborted by this side' });
  }

  /** The connection stands: what was sent meanwhile leaves. */
  open(other: FluidConnection, out: Route): void {
    this.#other = other;
    this.#out = out;
    const early = this.#early ?? [];
    this.#early = undefined;
    if (this.#options.handOver === undefined) {
      this.#clock.setTimer(0, () => {
        if (!this.#over) this.#handlers?.onOpen?.();
      });
    }
    let free = true;
    for (const { sent, bytes } of early) free = out.send(sent, bytes);
    if (this.#earlyBytes < this.#options.early.bytesMax || !free) return;
    this.#clock.setTimer(0, () => this.drained());
  }

  drained(): void {
    if (!this.#over) this.#handlers?.onDrain?.();
  }

  take(sent: Sent, bytes: number): void {
    if (sent === 'end') this.#other?.endHasArrived();
    if (this.#over) return this.#options.onLost('in', bytes);
    if (this.#paused || (this.#inbox !== undefined && this.#inbox.length > 0)) {
      this.#inbox ??= new Fifo();
      this.#inbox.push({ sent, bytes });
      this.#setUnread(this.#inboxBytes + bytes);
    } else if (this.#handedOver || this.#handOver(sent)) this.#deliver(sent, bytes);
    else this.#options.onLost('in', bytes);
  }

  /** What this end sent last, its end, is at the other. */
  endHasArrived(): void {
    this.#endArrived = true;
    this.#closeWhenBothEnded();
  }

  /** Closes at once; the other end sees a reset. Nothing happens when the connection is over. */
  break(reason: CloseReason): void {
    if (this.#over) return;
    this.#close(reason);
    this.#options.tellReset(this);
  }

  /** The other end has broken the connection. What it had to say before is here if it has ended. */
  onReset(): void {
    if (!this.#over)
      this.#close(this.#remoteEnded ? { kind: 'end' } : { kind: 'reset', detail: 'ECONNRESET' });
  }

  /** The host has died: no handler of this end is called any more. */
  kill(): void {
    const wasOver = this.#over;
    this.#handlers = undefined;
    this.#handedOver = true;
    this.#finish();
    if (!wasOver) this.#options.tellReset(this);
  }

  #put(sent: Sent, bytes: number): boolean {
    if (this.#out !== undefined) return this.#out.send(sent, bytes);
    this.#early?.push({ sent, bytes });
    this.#earlyBytes += bytes;
    return this.#earlyBytes < this.#options.early.bytesMax;
  }

  #close(reason: CloseReason): void {
    this.#finish();
    this.#clock.setTimer(0, () => {
      const handlers = this.#handlers;
      this.#handlers = undefined;
      if (handlers === undefined) return;
      this.#shut = true;
      this.#meter?.closed();
      handlers.onClose(reason);
    });
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#linger?.cancel();
    if (this.#out === undefined) this.#options.onLost('out', this.#earlyBytes);
    this.#out?.stop();
    this.#options.onLost('in', this.#inboxBytes);
    this.#early = [];
    this.#earlyBytes = 0;
    this.#inbox?.clear();
    this.#inboxBytes = 0;
    this.#options.onGone(this);
  }

  #setUnread(bytes: number): void {
    this.#inboxBytes = bytes;
    this.#other?.out?.setUnread(bytes);
  }

  #setDelivery(): void {
    if (this.#deliverySet || this.#paused || this.#over || this.#inbox?.peek() === undefined) return;
    this.#deliverySet = true;
    this.#clock.setTimer(0, () => this.#deliverInbox());
  }

  #deliverInbox(): void {
    this.#deliverySet = false;
    while (!this.#paused && !this.#over) {
      const item = this.#inbox?.shift();
      if (item === undefined) return;
      this.#setUnread(this.#inboxBytes - item.bytes);
      this.#deliver(item.sent, item.bytes);
    }
  }

  /** Returns whether there is somebody to deliver to. */
  #handOver(first: Sent): boolean {
    this.#handedOver = true;
    if (first === 'end') {
      this.#remoteEnded = true;
      this.#end();
      return false;
    }
    if (this.#options.handOver?.(this) === true) return !this.#over;
    this.abort();
    return false;
  }

  #deliver(sent: Sent, bytes: number): void {
    if (sent === 'end') {
      this.#remoteEnded = true;
      if (this.#handlers?.onRemoteEnd) this.#handlers.onRemoteEnd();
      else this.#end();
      this.#closeWhenBothEnded();
      return;
    }
    if (!this.#handlers) throw new LocalProtocolError('a connection was handed over and got no handlers');
    this.#meter?.received(sent, bytes);
    try {
      this.#handlers.onMessage(sent);
    } catch (error) {
      if (!(error instanceof RemoteProtocolError)) throw error;
      this.break({ kind: 'protocol', detail: error.message });
    }
  }

  #closeWhenBothEnded(): void {
    if (this.#over || !this.#endArrived) return;
    if (this.#remoteEnded) this.#close({ kind: 'end' });
    else this.#linger ??= this.#clock.setTimer(this.#lingerMs(), () => this.#onLingered());
  }

  #lingerMs(): number {
    return LINGER_MS + (Math.min(this.#sentBytes, 4 * MIB) * SECOND_MS) / SLOWEST_BYTES_PER_SEC;
  }

  #onLingered(): void {
    this.#close({ kind: 'end' });
    this.#options.tellReset(this);
  }
}
