import type { Address, Connection, ConnectionHandlers, Transport } from '../../core/interfaces.ts';
import { messageBytes } from '../../core/protocol/message-bytes.ts';
import type { Message } from '../../core/protocol/messages.ts';
import { passOn, wrappedTransport, WrappedConnection } from '../../core/wrapped-transport.ts';
import { NodeMeter, type ConnectionMeter, type ConnectionWatch, type TrafficCounters } from './meter.ts';

/**
 * Counts a node's traffic. What is sent counts when it is handed to the inner transport, so put the meter inside of
 * shaping to count what has left the peer. A chunk's part that TCP delivers in pieces is received as so many messages;
 * its head counts with each. `watch`: of those who look closer, one for each connection.
 */
export function meteredTransport(
  inner: Transport,
  counters: TrafficCounters,
  watch?: (remote: Address) => ConnectionWatch,
): Transport {
  const meter = new NodeMeter(counters, watch);
  return wrappedTransport(
    inner,
    (connection, from) => new MeteredConnection(connection, meter[from](connection.remote)),
  );
}

class MeteredConnection extends WrappedConnection {
  readonly #meter: ConnectionMeter;
  /** The inner connection takes nothing more. */
  #shut = false;

  constructor(inner: Connection, meter: ConnectionMeter) {
    super(inner);
    this.#meter = meter;
  }

  override setHandlers(handlers: ConnectionHandlers): void {
    super.setHandlers(
      passOn(handlers, {
        onMessage: (message) => {
          this.#meter.received(message, messageBytes(message));
          handlers.onMessage(message);
        },
        onClose: (reason) => {
          this.#shut = true;
          this.#meter.closed();
          handlers.onClose(reason);
        },
      }),
    );
  }

  override send(message: Message): boolean {
    if (this.#shut) return false;
    this.#meter.sent(message, messageBytes(message));
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
}
