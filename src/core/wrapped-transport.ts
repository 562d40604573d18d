/** What everything that stands around a transport or a connection has in common: it passes on what it does not change. */
import type { Address, CloseReason, Connection, ConnectionHandlers, Transport } from './interfaces.ts';
import type { Dialect, Message } from './protocol/messages.ts';

/** A connection that passes everything through. Those who change something extend it. */
export class WrappedConnection implements Connection {
  protected readonly inner: Connection;

  constructor(inner: Connection) {
    this.inner = inner;
  }

  get remote(): Address {
    return this.inner.remote;
  }
  get dialect(): Dialect {
    return this.inner.dialect;
  }
  get bufferedBytes(): number {
    return this.inner.bufferedBytes;
  }
  get blockBytes(): number {
    return this.inner.blockBytes;
  }

  setHandlers(handlers: ConnectionHandlers): void {
    this.inner.setHandlers(handlers);
  }
  send(message: Message): boolean {
    return this.inner.send(message);
  }
  pause(): void {
    this.inner.pause();
  }
  resume(): void {
    this.inner.resume();
  }
  end(): void {
    this.inner.end();
  }
  abort(): void {
    this.inner.abort();
  }
}

/** Handlers of a connection from which nothing is wanted any more. */
export const ignoring: ConnectionHandlers = { onMessage: () => undefined, onClose: () => undefined };

/** Passes everything on, and tells of the close once the peer has heard of it. */
export class WatchedConnection extends WrappedConnection {
  readonly #onClosed: () => void;

  constructor(inner: Connection, onClosed: () => void) {
    super(inner);
    this.#onClosed = onClosed;
  }

  override setHandlers(handlers: ConnectionHandlers): void {
    const onClose = (reason: CloseReason): void => {
      handlers.onClose(reason);
      this.#onClosed();
    };
    super.setHandlers(passOn(handlers, { onClose }));
  }
}

/** Handlers that pass everything on, but for what stands in `instead`. */
export function passOn(
  handlers: ConnectionHandlers,
  instead: Partial<Pick<ConnectionHandlers, 'onMessage' | 'onClose'>>,
): ConnectionHandlers {
  return { ...handlers, ...instead };
}

/** A transport each of whose connections is wrapped, opened and accepted ones. */
export function wrappedTransport(
  inner: Transport,
  wrap: (connection: Connection, from: 'opened' | 'accepted') => Connection,
): Transport {
  return {
    listen: (options) =>
      inner.listen({
        ...options,
        onConnection: (connection) => options.onConnection(wrap(connection, 'accepted')),
      }),
    connect: (address, dialect) => wrap(inner.connect(address, dialect), 'opened'),
  };
}
