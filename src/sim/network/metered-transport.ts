import type { Address, Connection, ConnectionHandlers, Transport } from '../../core/interfaces.ts';
import { messageBytes, payloadBytes } from '../../core/protocol/message-bytes.ts';
import type { Message } from '../../core/protocol/messages.ts';
import { passOn, wrappedTransport, WrappedConnection } from '../../core/wrapped-transport.ts';
import type { TrafficTotals } from './totals.ts';

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

/** Sees each message where it is counted. */
export interface ConnectionWatch {
  sent(message: Message, bytes: number): void;
  received(message: Message, bytes: number): void;
  /** Nothing follows. */
  closed(): void;
}

/**
 * Counts a node's traffic: as payload the bodies of chunks, as control everything else. What is sent counts when it
 * is handed to the inner transport, so put the meter inside of shaping to count what has left the peer. A chunk's
 * part that TCP delivers in pieces is received as so many messages; its head counts with each. `watch`: of those who look closer, one for each connection.
 */
export function meteredTransport(
  inner: Transport,
  counters: TrafficCounters,
  watch?: (remote: Address) => ConnectionWatch,
): Transport {
  return wrappedTransport(inner, (connection, from) => {
    if (from === 'opened') counters.connectionsOpened++;
    else counters.connectionsAccepted++;
    return new MeteredConnection(connection, counters, watch?.(connection.remote));
  });
}

class MeteredConnection extends WrappedConnection {
  readonly #counters: TrafficCounters;
  readonly #watch: ConnectionWatch | undefined;
  /** The inner connection takes nothing more. */
  #shut = false;

  constructor(inner: Connection, counters: TrafficCounters, watch: ConnectionWatch | undefined) {
    super(inner);
    this.#counters = counters;
    this.#watch = watch;
  }

  override setHandlers(handlers: ConnectionHandlers): void {
    super.setHandlers(
      passOn(handlers, {
        onMessage: (message) => {
          this.#countReceived(message);
          handlers.onMessage(message);
        },
        onClose: (reason) => {
          this.#shut = true;
          this.#watch?.closed();
          handlers.onClose(reason);
        },
      }),
    );
  }

  override send(message: Message): boolean {
    if (this.#shut) return false;
    const payload = payloadBytes(message);
    this.#counters.messagesSent++;
    if (payload > 0) this.#counters.payloadSentBytes += payload;
    const bytes = messageBytes(message);
    this.#counters.controlSentBytes += bytes - payload;
    this.#watch?.sent(message, bytes);
    return super.send(message);
  }

  override end(): void {
    this.#shut = true;
    super.end();
  }

  override abort(): void {
    this.#shut = true;
    super.abort();
  }

  #countReceived(message: Message): void {
    const payload = payloadBytes(message);
    this.#counters.messagesReceived++;
    if (payload > 0) this.#counters.payloadReceivedBytes += payload;
    const bytes = messageBytes(message);
    this.#counters.controlReceivedBytes += bytes - payload;
    this.#watch?.received(message, bytes);
  }
}
