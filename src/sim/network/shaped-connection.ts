import { LocalProtocolError, RemoteProtocolError } from '../../core/errors.ts';
import type { Address, CloseReason, Connection, ConnectionHandlers } from '../../core/interfaces.ts';
import type { Dialect, Message } from '../../core/protocol/messages.ts';
import { KIB } from '../../core/units.ts';
import { blockBytes, handedBytes, windowBlockBytes } from './link-sizes.ts';
import type { Direction } from './link-control.ts';
import type { LinkState } from './link-state.ts';
import { ShapedDownlink, type Incoming } from './shaped-downlink.ts';
import { ShapedUplink } from './shaped-uplink.ts';

/** Of a transport without limits, before the connection exists that could tell. */
const UNSHAPED_BLOCK_BYTES = 256 * KIB;

export interface ShapedConnectionOptions {
  readonly remote: Address;
  readonly dialect: Dialect;
  /** Called before the first item is delivered; false: nobody wants the connection. */
  readonly handOver?: (connection: Connection) => boolean;
  /** Nothing more comes of the connection, nor goes to the inner one. */
  readonly onOver: (connection: ShapedConnection) => void;
}

export class ShapedConnection implements Connection {
  readonly remote: Address;
  readonly dialect: Dialect;
  readonly #state: LinkState;
  readonly #options: ShapedConnectionOptions;
  readonly #uplink: ShapedUplink;
  #inner: Connection | undefined;
  #downlink: ShapedDownlink | undefined;
  #handlers: ConnectionHandlers | undefined;
  #handedOver: boolean;
  #pausedEarly = false;
  #ended = false;
  #remoteEnded = false;
  #over = false;
  /** A black hole took something of the stream, in either direction. */
  #hasHole = false;

  constructor(state: LinkState, options: ShapedConnectionOptions) {
    this.#state = state;
    this.#options = options;
    this.remote = options.remote;
    this.dialect = options.dialect;
    this.#handedOver = options.handOver === undefined;
    this.#uplink = new ShapedUplink(state, {
      host: this.remote.host,
      onDrain: () => this.#handlers?.onDrain?.(),
      onHole: () => (this.#hasHole = true),
    });
  }

  get blockBytes(): number {
    const { up, clock, sliceMs } = this.#state;
    const { windowBytes, cuts } = this.#uplink;
    const bytes =
      up === undefined
        ? (this.#inner?.blockBytes ?? UNSHAPED_BLOCK_BYTES)
        : (cuts ? handedBytes : blockBytes)(up.rate.bytesPerSecAt(clock.now()), sliceMs);
    return windowBytes === undefined ? bytes : Math.min(bytes, windowBlockBytes(windowBytes));
  }

  get bufferedBytes(): number {
    return this.#over ? 0 : this.#uplink.bufferedBytes;
  }

  /** The connection is broken or closed; only `onClose` may still follow. */
  get over(): boolean {
    return this.#over;
  }

  /** Whether there is a connection that can be reset. */
  get isOpen(): boolean {
    return this.#inner !== undefined && this.#handedOver && !this.#over;
  }

  /** A black hole took something of the stream. */
  get hasHole(): boolean {
    return this.#hasHole;
  }

  /** Messages that were held beyond their time. */
  get heldMessages(): number {
    return this.#uplink.heldMessages + (this.#downlink?.heldMessages ?? 0);
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
    const downlink = new ShapedDownlink(this.#state, inner, {
      host: this.remote.host,
      firstExtraMs,
      onItem: (item) => this.#onItem(item),
      onHole: () => (this.#hasHole = true),
    });
    this.#downlink = downlink;
    inner.setHandlers({
      onOpen: () => {
        if (!this.#over) this.#handlers?.onOpen?.();
      },
      onMessage: (message) => downlink.receive(message),
      onDrain: () => this.#uplink.onInnerDrain(),
      onRemoteEnd: () => downlink.push({ ended: true }),
      onClose: (reason) => this.#onInnerClose(reason),
    });
    if (this.#pausedEarly) downlink.pause();
    this.updateBlocks();
    this.#uplink.open(inner);
  }

  /** To be called when what is blocked may have changed. */
  updateBlocks(): void {
    const isBlocked = (direction: Direction) => this.#state.isBlocked?.(this.remote.host, direction) === true;
    this.#uplink.setHeld(isBlocked('out'));
    this.#downlink?.setHeld(isBlocked('in'));
  }

  /** Breaks the connection as a reset from outside does: both ends see it. */
  cut(detail: string): void {
    this.#break({ kind: 'reset', detail });
  }

  /** The connection could not be made. */
  refuse(detail: string): void {
    this.#close({ kind: 'refused', detail });
  }

  /** Closes the inner connection without a word; for one that is over. */
  abortInner(): void {
    this.#inner?.abort();
  }

  /** A refusal has waited already, and after the remote's end there is nothing to wait for. */
  #onInnerClose(reason: CloseReason): void {
    if (this.#over) return;
    const hasWaited = reason.kind === 'refused' || this.#remoteEnded;
    if (hasWaited && !this.#state.blackHole) this.#close(reason);
    else this.#downlink?.push({ closed: reason });
  }

  #onItem(item: Incoming): void {
    if (this.#over) return;
    if (!this.#handedOver) {
      this.#handedOver = true;
      if (this.#options.handOver?.(this) !== true) {
        this.abort();
        return;
      }
    }
    if ('message' in item) this.#onMessage(item.message);
    else if ('closed' in item) {
      // All that the remote had to say is here.
      const isWhole = this.#remoteEnded && item.closed.kind === 'reset';
      this.#close(isWhole ? { kind: 'end' } : item.closed);
    } else this.#onRemoteEnd();
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
    this.#state.clock.setTimer(0, () => this.#handlers?.onClose(reason));
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
    this.#options.onOver(this);
  }
}
