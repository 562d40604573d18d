/**
 * A peer as a stopped process: its sockets stay open and the system still takes in what fits into their buffers, but
 * nothing is read, no timer fires and nothing is answered. What became due meanwhile happens when the peer goes on,
 * in its order.
 */
import { LocalProtocolError, RemoteProtocolError } from '../../core/errors.ts';
import type {
  Clock,
  CloseReason,
  Connection,
  ConnectionHandlers,
  Timer,
  Transport,
} from '../../core/interfaces.ts';
import { keepable } from '../../core/protocol/keepable.ts';
import type { Message } from '../../core/protocol/messages.ts';
import { WrappedConnection } from '../../core/wrapped-transport.ts';

export interface SuspensionComponents {
  readonly clock: Clock;
  readonly transport: Transport;
  /** Something is kept until the peer goes on. */
  onHeld(what: 'message' | 'timer'): void;
}

export class Suspension {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly #components: SuspensionComponents;
  readonly #connections = new Set<SuspendedConnection>();
  /** Of things that happened while suspended, oldest first. */
  #held: (() => void)[] = [];
  #reasons = 0;
  #resuming = false;

  constructor(components: SuspensionComponents) {
    this.#components = components;
    const { clock, transport } = components;
    this.clock = {
      now: () => clock.now(),
      setTimer: (delayMs, callback) => this.#setTimer(delayMs, callback),
    };
    this.transport = {
      listen: (options) =>
        transport.listen({
          ...options,
          onConnection: (inner) => {
            const connection = this.#track(inner);
            this.happen(() => options.onConnection(connection));
          },
          onListening: (address) => this.happen(() => options.onListening(address)),
          onError: (error) => this.happen(() => options.onError(error)),
        }),
      connect: (address, dialect) => this.#track(transport.connect(address, dialect)),
    };
  }

  get suspended(): boolean {
    return this.#reasons > 0;
  }

  /** Whether what happens now has to wait. */
  get waits(): boolean {
    return this.suspended || this.#held.length > 0;
  }

  /** Each suspension needs a resumption of its own. */
  suspend(): void {
    this.#reasons++;
  }

  resume(): void {
    if (this.#reasons === 0 || --this.#reasons > 0) return;
    this.#release();
  }

  /** The peer goes on for good. */
  resumeAll(): void {
    if (this.#reasons === 0) return;
    this.#reasons = 0;
    this.#release();
  }

  /** Now, or when the peer goes on. */
  happen(action: () => void, what?: 'message' | 'timer'): void {
    if (!this.waits) {
      action();
      return;
    }
    if (what !== undefined && !this.#resuming) this.#components.onHeld(what);
    this.#held.push(action);
  }

  #release(): void {
    // What is let go may suspend the peer again, or have more to happen behind what waits.
    if (this.#resuming) return;
    this.#resuming = true;
    try {
      while (!this.suspended) {
        const action = this.#held.shift();
        if (action === undefined) break;
        action();
      }
    } finally {
      this.#resuming = false;
    }
    if (!this.suspended) for (const connection of this.#connections) connection.catchUp();
  }

  #setTimer(delayMs: number, callback: () => void): Timer {
    let cancelled = false;
    const timer = this.#components.clock.setTimer(delayMs, () => {
      this.happen(() => {
        if (!cancelled) callback();
      }, 'timer');
    });
    return {
      cancel: () => {
        cancelled = true;
        timer.cancel();
      },
    };
  }

  #track(inner: Connection): SuspendedConnection {
    const connection = new SuspendedConnection(inner, this, () => this.#connections.delete(connection));
    this.#connections.add(connection);
    return connection;
  }
}

class SuspendedConnection extends WrappedConnection {
  readonly #onClosed: () => void;
  #handlers: ConnectionHandlers | undefined;
  #pausedByPeer = false;
  /** It has taken in something while the peer was stopped. */
  #full = false;
  #aborted = false;

  constructor(inner: Connection, suspension: Suspension, onClosed: () => void) {
    super(inner);
    this.#onClosed = onClosed;
    inner.setHandlers({
      onMessage: (message) => {
        if (!suspension.waits) {
          this.#message(message);
          return;
        }
        // As the system's buffer of a socket that nobody reads, it takes something in, and then nothing more.
        if (!this.#full) inner.pause();
        this.#full = true;
        const kept = keepable(message);
        suspension.happen(() => this.#lateMessage(kept), 'message');
      },
      onOpen: () => suspension.happen(() => this.#handlers?.onOpen?.()),
      onDrain: () => suspension.happen(() => this.#handlers?.onDrain?.()),
      onRemoteEnd: () => suspension.happen(() => this.#remoteEnd(), 'message'),
      onClose: (reason) => suspension.happen(() => this.#close(reason)),
    });
  }

  /** The peer goes on: what the remote was kept from sending may come. */
  catchUp(): void {
    if (!this.#full) return;
    this.#full = false;
    if (!this.#pausedByPeer) this.inner.resume();
  }

  override setHandlers(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
  }
  override pause(): void {
    this.#pausedByPeer = true;
    this.inner.pause();
  }
  override resume(): void {
    this.#pausedByPeer = false;
    if (!this.#full) this.inner.resume();
  }
  override abort(): void {
    this.#aborted = true;
    this.inner.abort();
  }

  #message(message: Message): void {
    if (this.#aborted) return;
    if (this.#handlers === undefined) {
      throw new LocalProtocolError('a connection was handed over and got no handlers');
    }
    this.#handlers.onMessage(message);
  }

  /** The transport is not there any more to take what a handler throws. */
  #lateMessage(message: Message): void {
    try {
      this.#message(message);
    } catch (error) {
      if (!(error instanceof RemoteProtocolError)) throw error;
      this.#close({ kind: 'protocol', detail: error.message });
      this.abort();
    }
  }

  #remoteEnd(): void {
    if (this.#aborted) return;
    if (this.#handlers?.onRemoteEnd) this.#handlers.onRemoteEnd();
    else this.inner.end();
  }

  #close(reason: CloseReason): void {
    this.#onClosed();
    const handlers = this.#handlers;
    this.#handlers = { onMessage: () => undefined, onClose: () => undefined };
    handlers?.onClose(reason);
  }
}
