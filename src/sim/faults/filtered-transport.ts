/** A transport on whose connections messages can be changed, swallowed or answered before the peer has them. */
import type { Connection, ConnectionHandlers, Transport } from '../../core/interfaces.ts';
import type { Message } from '../../core/protocol/messages.ts';
import { passOn, wrappedTransport, WrappedConnection } from '../../core/wrapped-transport.ts';

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
  return wrappedTransport(
    inner,
    (connection) => new FilteredConnection(connection, createFilter(connection)),
  );
}

class FilteredConnection extends WrappedConnection {
  readonly #filter: MessageFilter;

  constructor(inner: Connection, filter: MessageFilter) {
    super(inner);
    this.#filter = filter;
  }

  override setHandlers(handlers: ConnectionHandlers): void {
    super.setHandlers(
      passOn(handlers, {
        onMessage: (message) => {
          if (this.#filter.incoming?.(message) !== false) handlers.onMessage(message);
        },
        onClose: (reason) => {
          this.#filter.closed?.();
          handlers.onClose(reason);
        },
      }),
    );
  }

  override send(message: Message): boolean {
    if (this.#filter.outgoing === undefined) return super.send(message);
    const instead = this.#filter.outgoing(message);
    return instead === undefined || super.send(instead);
  }
}
