import type { Address } from '../../core/interfaces.ts';
import { payloadBytes } from '../../core/protocol/message-bytes.ts';
import type { Message } from '../../core/protocol/messages.ts';
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

/** Counts a node's traffic: as payload the bodies of chunks, as control everything else. */
export class NodeMeter {
  readonly #counters: TrafficCounters;
  readonly #watch: ((remote: Address) => ConnectionWatch) | undefined;

  /** `watch`: of those who look closer, one for each connection. */
  constructor(counters: TrafficCounters, watch?: (remote: Address) => ConnectionWatch) {
    this.#counters = counters;
    this.#watch = watch;
  }

  opened(remote: Address): ConnectionMeter {
    this.#counters.connectionsOpened++;
    return new ConnectionMeter(this.#counters, this.#watch?.(remote));
  }

  accepted(remote: Address): ConnectionMeter {
    this.#counters.connectionsAccepted++;
    return new ConnectionMeter(this.#counters, this.#watch?.(remote));
  }
}

/** Counts what passes one end of a connection; `bytes`: of the whole message on the wire. */
export class ConnectionMeter implements ConnectionWatch {
  readonly #counters: TrafficCounters;
  readonly #watch: ConnectionWatch | undefined;

  constructor(counters: TrafficCounters, watch: ConnectionWatch | undefined) {
    this.#counters = counters;
    this.#watch = watch;
  }

  sent(message: Message, bytes: number): void {
    const payload = payloadBytes(message);
    this.#counters.messagesSent++;
    if (payload > 0) this.#counters.payloadSentBytes += payload;
    this.#counters.controlSentBytes += bytes - payload;
    this.#watch?.sent(message, bytes);
  }

  received(message: Message, bytes: number): void {
    const payload = payloadBytes(message);
    this.#counters.messagesReceived++;
    if (payload > 0) this.#counters.payloadReceivedBytes += payload;
    this.#counters.controlReceivedBytes += bytes - payload;
    this.#watch?.received(message, bytes);
  }

  closed(): void {
    this.#watch?.closed();
  }
}
