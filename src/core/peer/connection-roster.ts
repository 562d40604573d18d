import type { Address, Connection, ListenOptions, Listener, Transport } from '../interfaces.ts';
import type { Dialect } from '../protocol/messages.ts';
import { WatchedConnection } from '../wrapped-transport.ts';

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
    const entered = new WatchedConnection(connection, () => {
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
