import type { Socket } from 'node:net';
import { LocalProtocolError, RemoteProtocolError } from '../../errors.ts';
import type { Address, Clock, CloseReason, Connection, ConnectionHandlers, Timer } from '../../interfaces.ts';
import type { Dialect, Message } from '../../protocol/messages.ts';
import { SWARM_MAGIC } from '../../protocol/swarm/magic.ts';
import { KIB, MIB, SECOND_MS } from '../../units.ts';
import { giveBackBlock, isBlock } from '../block-pool.ts';
import { causeOf, connectCause } from './tcp-errors.ts';
import { keepable } from '../../protocol/keepable.ts';
import { createWireDecoder, encodeWire, type WireDecoder, type WireOptions } from './tcp-wire.ts';

/** `send` returns false from here on. */
const HIGH_WATER_BYTES = MIB;

/** Smaller writes halve the throughput; larger ones gain nothing. */
const BLOCK_BYTES = 256 * KIB;

/** A part of a chunk so short is a slice of a rate: it comes alone in its turn, and one copy is less than two pieces. */
const SHORT_BYTES = 32 * KIB;

/**
 * After our end was sent, a remote that neither ends nor sends anything for this time is cut off. Some programs
 * never close. To that comes the time that what was sent, and the system may still hold, takes at the slowest rate
 * that a link may have: a remote that reads so slowly is not silent.
 */
const LINGER_MS = 30 * SECOND_MS;
const SLOWEST_BYTES_PER_SEC = 125;
const SYSTEM_BYTES_MAX = 4 * MIB;

export interface TcpConnectionOptions extends WireOptions {
  readonly remote: Address;
  /** Default 30,000. What was sent prolongs it. */
  readonly lingerMs?: number;
}

/** Messages over one socket, which must be half-open and is owned from here on. */
export class TcpConnection implements Connection {
  readonly remote: Address;
  readonly dialect: Dialect;
  readonly blockBytes = BLOCK_BYTES;
  readonly #clock: Clock;
  readonly #socket: Socket;
  readonly #decoder: WireDecoder;
  readonly #lingerMs: number;
  #handlers: ConnectionHandlers | undefined;
  #established: boolean;
  #magicSent = false;
  #corked = false;
  #wantsDrain = false;
  /** Handed to the socket so far. */
  #queuedBytes = 0;
  /** Blocks that the socket may still have to write, oldest first. */
  readonly #unwritten: { readonly piece: Uint8Array; readonly endsAt: number }[] = [];
  #paused = false;
  /** What came in while paused, in order; the socket stays paused until it is delivered. */
  #held: (Message | 'end')[] = [];
  /** Set when the connection breaks; from then on only `onClose` is called. */
  #broken: CloseReason | undefined;
  /** The socket is gone. */
  #closed = false;
  /** `onClose` was called. */
  #told = false;
  #linger: Timer | undefined;

  constructor(components: { readonly clock: Clock }, socket: Socket, options: TcpConnectionOptions) {
    this.remote = options.remote;
    this.dialect = options.dialect;
    this.#clock = components.clock;
    this.#socket = socket;
    this.#lingerMs = options.lingerMs ?? LINGER_MS;
    this.#established = options.end === 'accepter';
    this.#decoder = createWireDecoder(components, options, (message) => this.#onMessage(message));
    socket.on('connect', () => {
      this.#established = true;
      if (!this.#broken) this.#handlers?.onOpen?.();
    });
    socket.on('end', () => this.receiveEnd());
    socket.on('drain', () => this.#onDrain());
    socket.on('finish', () => this.#waitForRemote());
    socket.on('error', (error) => this.#onError(error));
    socket.on('close', () => this.#onClose());
  }

  get bufferedBytes(): number {
    return this.#socket.destroyed ? 0 : this.#socket.writableLength;
  }

  setHandlers(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
  }

  send(message: Message): boolean {
    if (!this.#socket.writable || this.#broken) return false;
    const pieces = encodeWire(message, this.dialect);
    if (this.dialect === 'swarm') this.#sendMagic();
    if (message.type === 'chunk' && message.body.byteLength < SHORT_BYTES) this.#write(Buffer.concat(pieces));
    else {
      if (this.dialect === 'swarm') this.#batch();
      for (const piece of pieces) this.#write(piece);
    }
    if (this.#socket.writableLength < HIGH_WATER_BYTES) return true;
    this.#wantsDrain = true;
    return false;
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#held.length === 0) this.#socket.resume();
    else process.nextTick(() => this.#deliverHeld());
  }

  end(): void {
    this.#socket.end();
  }

  abort(): void {
    this.break({ kind: 'reset', detail: 'aborted by this side' });
  }

  /** Closes at once for a reason of one's own. Nothing happens when the connection is already over. */
  break(reason: CloseReason): void {
    if (this.#broken || this.#told) return;
    this.#broken = reason;
    this.#held = [];
    this.#decoder.stop();
    if (this.#closed) process.nextTick(() => this.#tellClose());
    // A reset is not possible before the connection stands, nor once the end is going out.
    const ending = this.#socket.writableEnded && this.#socket.writableLength === 0;
    if (this.#socket.connecting || ending) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  /** Bytes that came in. They may be reused afterwards. */
  receive(bytes: Uint8Array): void {
    try {
      this.#decoder.push(bytes);
    } catch (error) {
      this.#blame(error);
    }
  }

  /** The remote has finished sending. */
  receiveEnd(): void {
    if (this.#broken) return;
    try {
      this.#decoder.end();
    } catch (error) {
      this.#blame(error);
    }
    // The end may come out of the stream's own buffer although it is paused.
    if (this.#paused || this.#held.length > 0) this.#held.push('end');
    else this.#tellEnd();
  }

  /** The messages of one turn of the event loop leave in one system call. */
  #batch(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    setImmediate(this.#uncork);
  }

  /** It goes before the first message. */
  #sendMagic(): void {
    if (this.#magicSent) return;
    this.#magicSent = true;
    this.#batch();
    this.#write(SWARM_MAGIC);
  }

  #write(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#socket.write(piece);
    this.#queuedBytes += piece.length;
    if (!isBlock(piece)) return;
    this.#giveBackWritten();
    this.#unwritten.push({ piece, endsAt: this.#queuedBytes });
  }

  /** What the system has taken over may be filled anew. */
  #giveBackWritten(): void {
    const writtenBytes = this.#queuedBytes - this.#socket.writableLength;
    let written = 0;
    for (const { piece, endsAt } of this.#unwritten) {
      if (endsAt > writtenBytes) break;
      giveBackBlock(piece);
      written++;
    }
    if (written > 0) this.#unwritten.splice(0, written);
  }

  readonly #uncork = (): void => {
    this.#corked = false;
    this.#socket.uncork();
  };

  #onMessage(message: Message): void {
    if (this.#broken) return;
    if (this.#paused || this.#held.length > 0) this.#held.push(keepable(message));
    else this.#deliver(message);
  }

  #deliver(message: Message): void {
    if (!this.#handlers) throw new LocalProtocolError('a connection was handed over and got no handlers');
    // Here too, not only where bytes come in: a spec decoder calls from a timer as well.
    try {
      this.#handlers.onMessage(message);
    } catch (error) {
      this.#blame(error);
    }
  }

  #deliverHeld(): void {
    while (!this.#paused && !this.#broken) {
      const next = this.#held.shift();
      if (next === undefined) {
        if (this.#closed) this.#tellClose();
        else this.#socket.resume();
        return;
      }
      if (next === 'end') this.#tellEnd();
      else this.#deliver(next);
    }
  }

  /** The remote's fault breaks the connection; our own is thrown on. */
  #blame(error: unknown): void {
    if (!(error instanceof RemoteProtocolError)) throw error;
    this.break({ kind: 'protocol', detail: error.message });
  }

  #tellEnd(): void {
    if (this.#broken) return;
    if (this.#handlers?.onRemoteEnd) this.#handlers.onRemoteEnd();
    else this.end();
  }

  #onDrain(): void {
    if (!this.#wantsDrain || this.#broken) return;
    this.#wantsDrain = false;
    this.#giveBackWritten();
    this.#handlers?.onDrain?.();
  }

  #waitForRemote(): void {
    if (this.#closed || this.#broken) return;
    const seenBytes = this.#socket.bytesRead;
    const sentBytes = Math.min(this.#socket.bytesWritten, SYSTEM_BYTES_MAX);
    const readMs = Math.round((sentBytes * SECOND_MS) / SLOWEST_BYTES_PER_SEC);
    this.#linger = this.#clock.setTimer(this.#lingerMs + readMs, () => {
      if (this.#socket.bytesRead > seenBytes) {
        this.#waitForRemote();
        return;
      }
      this.#held = [];
      this.#socket.destroy();
    });
  }

  #onError(error: Error): void {
    this.#broken ??= this.#established
      ? { kind: 'reset', detail: causeOf(error) }
      : { kind: 'refused', detail: connectCause(error, this.remote.host) };
  }

  /** When both sides ended in order, what was held back while paused still comes first. */
  #onClose(): void {
    this.#closed = true;
    this.#linger?.cancel();
    this.#decoder.stop();
    if (this.#held.length === 0 || this.#broken) this.#tellClose();
  }

  #tellClose(): void {
    if (this.#told) return;
    this.#told = true;
    this.#handlers?.onClose(this.#broken ?? { kind: 'end' });
  }
}
