/**
 * What the core needs of the world. Everything comes in through these interfaces, so that one code runs on
 * TCP sockets in real time and over memory in virtual time. All handlers are synchronous.
 */
import type { SwarmEvent } from './events.ts';
import type { Dialect, Message } from './protocol/messages.ts';

export interface Timer {
  /** Idempotent; a cancelled timer never fires. */
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the clock's epoch, monotonic, fractional. */
  now(): number;
  /** Calls back once, `delayMs` (≥ 0) from now, never before this call returns. */
  setTimer(delayMs: number, callback: () => void): Timer;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). @throws {LocalProtocolError} bound below 1 */
  int(bound: number): number;
  /** An independent stream that depends only on this stream's seed and the label, not on what was drawn. */
  fork(label: string): Random;
}

export interface EventSink {
  emit(event: SwarmEvent): void;
}

export interface Address {
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** Why a connection is over. `end`: closed in order by either side. */
export type CloseReason =
  | { readonly kind: 'end' }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'reset'; readonly detail: string }
  | { readonly kind: 'protocol'; readonly detail: string };

/** None of them has a use for `this`: who stands between passes them on as they are. */
export interface ConnectionHandlers {
  /** The connection that this side opened stands: what was sent leaves. Once, before anything else; not if refused. */
  onOpen?(): void;
  /** A message came in. A `body` inside it is only valid during this call: copy what must be kept. */
  onMessage(message: Message): void;
  /** `send` may be used freely again: the buffered bytes fell below the low-water mark. */
  onDrain?(): void;
  /** The other side has finished sending. Without this handler the connection then ends itself. */
  onRemoteEnd?(): void;
  /** Exactly once, last; nothing else is called afterwards. */
  onClose(reason: CloseReason): void;
}

/** A conversation with one remote. It carries messages; the transport owns the codecs. */
export interface Connection {
  readonly remote: Address;
  /** An accepted connection learns its dialect from the first bytes; `setHandlers` is called after that. */
  readonly dialect: Dialect;
  /** Bytes accepted by `send` that the network has not taken yet. */
  readonly bufferedBytes: number;
  /** Into how many bytes the sender should cut a chunk's body: large when unlimited, small on slow links. */
  readonly blockBytes: number;
  /** To be called in the same tick in which the connection was handed over. May be called again to hand on. */
  setHandlers(handlers: ConnectionHandlers): void;
  /**
   * Sends a message; before the connection is established it is kept until then. A body must not be changed
   * afterwards. Returns false when the buffer is above the high-water mark: wait for `onDrain` before sending
   * bulk data. Sending on a closed connection does nothing and returns false.
   */
  send(message: Message): boolean;
  /** Stop reading (the remote feels it as back-pressure); `resume` undoes it. */
  pause(): void;
  resume(): void;
  /** Closes in order, after everything sent has gone out. `onClose` follows. */
  end(): void;
  /** Closes at once, dropping what is buffered; the remote sees a reset. `onClose` follows, in a later tick. */
  abort(): void;
}

export interface ListenOptions {
  /** 0 picks a free port. */
  readonly port: number;
  /** Decides how text on an accepted connection is read. */
  readonly role: 'tracker' | 'peer';
  /** Connections come with their dialect known, before their first message is delivered. */
  onConnection(connection: Connection): void;
  onListening(address: Address): void;
  /** The port could not be bound, or the listener broke. The message names the port and the fix. */
  onError(error: Error): void;
}

export interface Listener {
  /** Stops accepting; established connections live on. */
  close(): void;
}

export interface Transport {
  listen(options: ListenOptions): Listener;
  /** Failures are reported by `onClose` of the connection, never thrown. */
  connect(address: Address, dialect: Dialect): Connection;
}

/** A piece of a chunk's content, opaque to the peer: a Buffer on TCP, a token with a length in virtual time. */
export interface Body {
  readonly byteLength: number;
}

/** What identifies a chunk's content. */
export interface ChunkInfo {
  /** ≥ 0. */
  readonly bytes: number;
  /** SHA-1, 40 lower-case hex digits. */
  readonly hash: string;
}

/** A chunk on its way in. Nothing counts before `commit` returned its info. */
export interface ChunkWriter {
  readonly writtenBytes: number;
  /** Whether what is written so far is all of what was expected at `begin`. Writing may go on. */
  agrees(): boolean;
  /**
   * Appends what is behind the first `skipBytes` (default 0) of the body; hashes and keeps it before it returns.
   * @throws {StoreError} disk full, gone…
   */
  write(body: Body, skipBytes?: number): void;
  /**
   * Verifies against what was expected at `begin`, or has come to be `agreed` since, and, if it agrees, makes the chunk
   * part of the store. Returns the info; `undefined` when size or hash disagree (everything written is then discarded).
   * When the store came to hold the chunk by another writer meanwhile, the copy is discarded and info returned.
   */
  commit(agreed?: ChunkInfo): ChunkInfo | undefined;
  /** Forgets everything written. Idempotent; does nothing after `commit`. */
  discard(): void;
}

/** A peer's chunks. Indices are 1 to `totalChunks`. */
export interface ChunkStore {
  readonly totalChunks: number;
  /** Info of a held, verified chunk; `undefined` when the chunk is not held. */
  info(index: number): ChunkInfo | undefined;
  /**
   * Bytes of a held chunk, to be sent once: a connection that has written them may let their memory be used again.
   * @throws {StoreError} chunk not held, range outside, disk error; `info` then tells whether it is held still, and
   *   may be readable later
   */
  read(index: number, offset: number, length: number): Body;
  /** Several writers of one chunk may live at a time (end-game). */
  begin(index: number, expected: Partial<ChunkInfo>): ChunkWriter;
}
