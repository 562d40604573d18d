/** A transport on whose connections messages can be changed, swallowed or answered before the peer has them. */
import type { Connection, ConnectionHandlers, Transport } from '../../core/interfaces.ts';
import type { Message } from '../../core/protocol/messages.ts';

/** What one misbehaviour does to one connection. Without a method: nothing. */
export interface MessageFilter {
  /** The message to send instead; undefined: nothing is sent. */
  outgoing?(message: Message): Message | undefined;
  /** false: the peer does not get it. */
  incoming?(message: Message): boolean;
  closed?(): void;
}

/** Makes the filter of a new connection, which `beneath` is: what goes there is not filtered. */
export type FilterFactory = (beneath: Connection) => MessageFilter;

export function filteredTransport(inner: Transport, createFilter: FilterFactory): Transport {
  return {
    listen: (options) =>
      inner.listen({
        ...options,
        onConnection: (connection) =>
          options.onConnection(new FilteredConnection(connection, createFilter(connection))),
      }),
    connect: (address, dialect) => {
      const connection = inner.connect(address, dialect);
      return new FilteredConnection(connection, createFilter(connection));
    },
  };
}

class FilteredConnection implements Connection {
  readonly #inner: Connection;
  readonly #filter: MessageFilter;

  constructor(inner: Connection, filter: MessageFilter) {
    this.#inner = inner;
    this.#filter = filter;
  }

  get remote(): Connection['remote'] {
    return this.#inner.remote;
  }
  get dialect(): Connection['dialect'] {
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
      onMessage: (message) => {
        if (this.#filter.incoming?.(message) !== false) handlers.onMessage(message);
      },
      onDrain: () => handlers.onDrain?.(),
      // Without this handler a connection ends itself: so it is passed on only where there is one.
      ...(handlers.onRemoteEnd && { onRemoteEnd: () => handlers.onRemoteEnd?.() }),
      onClose: (reason) => {
        this.#filter.closed?.();
        handlers.onClose(reason);
      },
    });
  }

  send(message: Message): boolean {
    if (this.#filter.outgoing === undefined) return this.#inner.send(message);
    const instead = this.#filter.outgoing(message);
    return instead === undefined || this.#inner.send(instead);
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
