import type {
  Address,
  Connection,
  ConnectionHandlers,
  ListenOptions,
  Listener,
  Transport,
} from '../interfaces.ts';
import type { Dialect, Message } from '../protocol/messages.ts';

/** A transport that knows its open connections, so that a peer can tell when the last one has closed. */
export class ConnectionRoster implements Transport {
  readonly #inner: Transport;
  readonly #open = new Set<Connection>();
  #onEmpty: (() => void) | undefined;

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  listen(options: ListenOptions): Listener {
    return this.#inner.listen({
      ...options,
      onConnection: (connection) => options.onConnection(this.#enter(connection)),
    });
  }

  connect(address: Address, dialect: Dialect): Connection {
    return this.#enter(this.#inner.connect(address, dialect));
  }

  abortAll(): void {
    for (const connection of this.#open) connection.abort();
  }

  /** Calls back once, as soon as no connection is open: at once when none is. */
  whenEmpty(callback: () => void): void {
    this.#onEmpty = callback;
    this.#look();
  }

  #enter(connection: Connection): Connection {
    const entered = new EnteredConnection(connection, () => {
      this.#open.delete(connection);
      this.#look();
    });
    this.#open.add(connection);
    return entered;
  }

  #look(): void {
    if (this.#open.size > 0) return;
    const callback = this.#onEmpty;
    this.#onEmpty = undefined;
    callback?.();
  }
}

class EnteredConnection implements Connection {
  readonly #inner: Connection;
  readonly #onClosed: () => void;

  constructor(inner: Connection, onClosed: () => void) {
    this.#inner = inner;
    this.#onClosed = onClosed;
  }

  get remote(): Address {
    return this.#inner.remote;
  }
  get dialect(): Dialect {
    return this.#inner.dialect;
  }
  get bufferedBytes(): number {
    return this.#inner.bufferedBytes;
  }
  get blockBytes(): number {
    return this.#inner.blockBytes;
  }

  setHandlers(handlers: ConnectionHandlers): void {
    this.#inner.setHandlers({
      onMessage: (message) => handlers.onMessage(message),
      ...(handlers.onDrain && { onDrain: () => handlers.onDrain?.() }),
      ...(handlers.onRemoteEnd && { onRemoteEnd: () => handlers.onRemoteEnd?.() }),
      onClose: (reason) => {
        handlers.onClose(reason);
        this.#onClosed();
      },
    });
  }

  send(message: Message): boolean {
    return this.#inner.send(message);
  }
  pause(): void {
    this.#inner.pause();
  }
  resume(): void {
    this.#inner.resume();
  }
  end(): void {
    this.#inner.end();
  }
  abort(): void {
    this.#inner.abort();
  }
}
