import { LocalProtocolError, RemoteProtocolError } from '../../../core/errors.ts';
import type {
  Address,
  Clock,
  CloseReason,
  Connection,
  ConnectionHandlers,
  Timer,
} from '../../../core/interfaces.ts';
import { messageBytes } from '../../../core/protocol/message-bytes.ts';
import type { Dialect, Message } from '../../../core/protocol/messages.ts';
import { KIB, MIB, SECOND_MS } from '../../../core/units.ts';
import { Fifo } from '../../network/fifo.ts';

/** Bytes on their way or waiting at the receiver, as in the kernel's buffers of a TCP connection. */
export const WINDOW_BYTES = MIB;

/** `send` returns false from here on; `onDrain` follows below half of it. */
const HIGH_WATER_BYTES = 256 * KIB;

const BLOCK_BYTES = 256 * KIB;

/** As on TCP: how long a remote may leave its side open, and silent, after we ended ours; see TcpConnection. */
const LINGER_MS = 30 * SECOND_MS;
const SLOWEST_BYTES_PER_SEC = 125;

export interface MemoryConnectionOptions {
  readonly remote: Address;
  readonly dialect: Dialect;
  /** An accepted connection is handed over by this when its first message comes; false: nobody wants it. */
  readonly handOver?: (connection: MemoryConnection) => boolean;
  /** The connection is over for this end, whichever way. */
  readonly onGone: () => void;
}

type Item = { readonly message: Message; readonly bytes: number } | 'end';

/** One end of a connection in memory. Everything reaches the other end in a later event of the clock. */
export class MemoryConnection implements Connection {
  readonly remote: Address;
  readonly dialect: Dialect;
  readonly blockBytes = BLOCK_BYTES;
  readonly #clock: Clock;
  readonly #options: MemoryConnectionOptions;
  #handlers: ConnectionHandlers | undefined;
  #handedOver: boolean;
  #other: MemoryConnection | undefined;
  readonly #outbox = new Fifo<Item>();
  #outboxBytes = 0;
  readonly #inbox = new Fifo<Item>();
  #inboxBytes = 0;
  #deliverySet = false;
  #paused = false;
  #wantsDrain = false;
  #ended = false;
  #endLeft = false;
  #remoteEnded = false;
  #over = false;
  #linger: Timer | undefined;
  #sentBytes = 0;

  constructor(components: { readonly clock: Clock }, options: MemoryConnectionOptions) {
    this.#clock = components.clock;
    this.#options = options;
    this.remote = options.remote;
    this.dialect = options.dialect;
    this.#handedOver = options.handOver === undefined;
  }

  get bufferedBytes(): number {
    return this.#outboxBytes;
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
    const bytes = messageBytes(message);
    this.#outbox.push({ message, bytes });
    this.#outboxBytes += bytes;
    if ('body' in message) this.#sentBytes += bytes;
    this.#fillWindow();
    if (this.#outboxBytes < HIGH_WATER_BYTES) return true;
    this.#wantsDrain = true;
    return false;
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
    if (this.#ended || this.#over) return;
    this.#ended = true;
    this.#outbox.push('end');
    this.#fillWindow();
  }

  abort(): void {
    this.break({ kind: 'reset', detail: 'aborted by this side' });
  }

  /** Joins two ends: the connection stands, and what was sent meanwhile leaves. */
  join(other: MemoryConnection): void {
    this.#other = other;
    other.#other = this;
    this.#clock.setTimer(0, () => {
      if (!this.#over) this.#handlers?.onOpen?.();
    });
    this.#fillWindow();
  }

  /** Closes at once; the other end sees a reset. Nothing happens when the connection is over. */
  break(reason: CloseReason): void {
    if (this.#over) return;
    this.#resetOther();
    this.#close(reason);
  }

  /** The host has died: no handler of this end is called any more. */
  kill(): void {
    if (!this.#over) this.#resetOther();
    this.#handlers = undefined;
    this.#handedOver = true;
    this.#finish();
  }

  #resetOther(): void {
    const other = this.#other;
    if (other === undefined || other.#over) return;
    this.#clock.setTimer(0, () => {
      if (!other.#over) other.#close({ kind: 'reset', detail: 'ECONNRESET' });
    });
  }

  #close(reason: CloseReason): void {
    this.#finish();
    this.#clock.setTimer(0, () => {
      const handlers = this.#handlers;
      this.#handlers = undefined;
      handlers?.onClose(reason);
    });
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#linger?.cancel();
    this.#outbox.clear();
    this.#outboxBytes = 0;
    this.#inbox.clear();
    this.#inboxBytes = 0;
    this.#options.onGone();
  }

  /** Moves what the window allows to the other end. */
  #fillWindow(): void {
    const other = this.#other;
    if (other === undefined || this.#over) return;
    while (other.#inboxBytes < WINDOW_BYTES) {
      const item = this.#outbox.shift();
      if (item === undefined) break;
      if (item === 'end') this.#endLeft = true;
      else this.#outboxBytes -= item.bytes;
      other.#take(item);
    }
    if (this.#wantsDrain && this.#outboxBytes < HIGH_WATER_BYTES / 2) {
      this.#wantsDrain = false;
      this.#clock.setTimer(0, () => {
        if (!this.#over) this.#handlers?.onDrain?.();
      });
    }
    if (this.#endLeft) this.#closeWhenBothEnded();
  }

  #take(item: Item): void {
    if (this.#over) return;
    this.#inbox.push(item);
    if (item !== 'end') this.#inboxBytes += item.bytes;
    this.#setDelivery();
  }

  #setDelivery(): void {
    if (this.#deliverySet || this.#paused || this.#over || this.#inbox.length === 0) return;
    this.#deliverySet = true;
    this.#clock.setTimer(0, () => this.#deliver());
  }

  #deliver(): void {
    this.#deliverySet = false;
    if (!this.#handedOver && !this.#handOver()) return;
    // What comes in meanwhile waits for an event of its own.
    for (let count = this.#inbox.length; count > 0 && !this.#paused && !this.#over; count--) {
      const item = this.#inbox.shift();
      if (item === undefined) break;
      if (item === 'end') this.#onRemoteEnd();
      else {
        this.#inboxBytes -= item.bytes;
        this.#deliverMessage(item.message);
      }
    }
    if (this.#other) this.#other.#fillWindow();
    this.#setDelivery();
  }

  /** Returns whether there is somebody to deliver to. */
  #handOver(): boolean {
    if (this.#over || this.#paused) return false;
    this.#handedOver = true;
    if (this.#inbox.peek() === 'end') {
      this.#remoteEnded = true;
      this.end();
      return false;
    }
    if (this.#options.handOver?.(this) === true) return true;
    this.abort();
    return false;
  }

  #deliverMessage(message: Message): void {
    if (!this.#handlers) throw new LocalProtocolError('a connection was handed over and got no handlers');
    try {
      this.#handlers.onMessage(message);
    } catch (error) {
      if (!(error instanceof RemoteProtocolError)) throw error;
      this.break({ kind: 'protocol', detail: error.message });
    }
  }

  #onRemoteEnd(): void {
    this.#remoteEnded = true;
    if (this.#handlers?.onRemoteEnd) this.#handlers.onRemoteEnd();
    else this.end();
    this.#closeWhenBothEnded();
  }

  #closeWhenBothEnded(): void {
    if (this.#over || !this.#endLeft) return;
    if (this.#remoteEnded) this.#close({ kind: 'end' });
    else this.#linger ??= this.#clock.setTimer(this.#lingerMs(), () => this.#onLingered());
  }

  #lingerMs(): number {
    return LINGER_MS + (Math.min(this.#sentBytes, 4 * MIB) * SECOND_MS) / SLOWEST_BYTES_PER_SEC;
  }

  #onLingered(): void {
    this.#resetOther();
    this.#close({ kind: 'end' });
  }
}
