import type { Address, Connection, ListenOptions, Listener, Transport } from '../../src/core/interfaces.ts';
import type { Dialect } from '../../src/core/protocol/messages.ts';

/** Remembers what was opened, so that a test leaves no socket behind. */
export class TrackedTransport implements Transport {
  readonly #inner: Transport;
  readonly #opened: (() => void)[] = [];

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  listen(options: ListenOptions): Listener {
    const listener = this.#inner.listen({
      ...options,
      onConnection: (connection) => {
        this.#opened.push(() => connection.abort());
        options.onConnection(connection);
      },
    });
    this.#opened.push(() => listener.close());
    return listener;
  }

  connect(address: Address, dialect: Dialect): Connection {
    const connection = this.#inner.connect(address, dialect);
    this.#opened.push(() => connection.abort());
    return connection;
  }

  close(): void {
    for (const close of this.#opened) close();
  }
}
