import type {
  Address,
  Connection,
  ConnectionHandlers,
  ListenOptions,
  Listener,
  Transport,
} from '../../core/interfaces.ts';
import { messageBytes, payloadBytes } from '../../core/protocol/message-bytes.ts';
import type { Dialect, Message } from '../../core/protocol/messages.ts';
import type { TrafficTotals } from '../engines/engine.ts';

/** Totals that are being counted; may lie in shared memory. */
export type TrafficCounters = { -readonly [Field in keyof TrafficTotals]: TrafficTotals[Field] };

export function emptyTraffic(): TrafficCounters {
  return {
    payloadSentBytes: 0,
    payloadReceivedBytes: 0,
    controlSentBytes: 0,
    controlReceivedBytes: 0,
    messagesSent: 0,
    messagesReceived: 0,
    connectionsOpened: 0,
    connectionsAccepted: 0,
  };
}

/**
 * Counts a node's traffic: as payload the bodies of chunks, as control everything else. What is sent counts when it
 * is handed to the inner transport, so put the meter inside of shaping to count what has left the peer. A chunk's
 * part that TCP delivers in pieces is received as so many messages; its head counts with each.
 */
export function meteredTransport(inner: Transport, counters: TrafficCounters): Transport {
  return {
    listen(options: ListenOptions): Listener {
      return inner.listen({
        ...options,
        onConnection(connection) {
          counters.connectionsAccepted++;
          options.onConnection(new MeteredConnection(connection, counters));
        },
      });
    },
    connect(address: Address, dialect: Dialect): Connection {
      counters.connectionsOpened++;
      return new MeteredConnection(inner.connect(address, dialect), counters);
    },
  };
}

class MeteredConnection implements Connection {
  readonly remote: Address;
  readonly dialect: Dialect;
  readonly #inner: Connection;
  readonly #counters: TrafficCounters;
  /** The inner connection takes nothing more. */
  #shut = false;

  constructor(inner: Connection, counters: TrafficCounters) {
    this.#inner = inner;
    this.#counters = counters;
    this.remote = inner.remote;
    this.dialect = inner.dialect;
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
        this.#countReceived(message);
        handlers.onMessage(message);
      },
      onDrain: () => handlers.onDrain?.(),
      ...(handlers.onRemoteEnd && { onRemoteEnd: () => handlers.onRemoteEnd?.() }),
      onClose: (reason) => {
        this.#shut = true;
        handlers.onClose(reason);
      },
    });
  }

  send(message: Message): boolean {
    if (this.#shut) return false;
    const payload = payloadBytes(message);
    this.#counters.messagesSent++;
    this.#counters.payloadSentBytes += payload;
    this.#counters.controlSentBytes += messageBytes(message) - payload;
    return this.#inner.send(message);
  }

  #countReceived(message: Message): void {
    const payload = payloadBytes(message);
    this.#counters.messagesReceived++;
    this.#counters.payloadReceivedBytes += payload;
    this.#counters.controlReceivedBytes += messageBytes(message) - payload;
  }

  pause(): void {
    this.#inner.pause();
  }

  resume(): void {
    this.#inner.resume();
  }

  end(): void {
    this.#shut = true;
    this.#inner.end();
  }

  abort(): void {
    this.#shut = true;
    this.#inner.abort();
  }
}
