/** The runs of a queue, for one who does them one after another. */
import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { SECOND_MS } from '../../core/units.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import { streamNames } from '../cluster/names.ts';

/** A server that has no run for whoever asks says that it is there. Half as long as a question holds. */
const HEARTBEAT_MS = 2.5 * SECOND_MS;

interface Reading {
  readonly messages: ConsumerMessages;
  readonly each: AsyncIterator<JsMsg, unknown>;
  /** That the connection had seen when it began. */
  readonly outages: number;
}

export class RunReader {
  readonly #connection: ClusterConnection;
  readonly #consumer: Consumer;
  readonly #signal: AbortSignal;
  #reading: Reading | undefined;

  private constructor(connection: ClusterConnection, consumer: Consumer, signal: AbortSignal) {
    this.#connection = connection;
    this.#consumer = consumer;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.rest());
  }

  /** @param signal ends what is waited for */
  static async open(connection: ClusterConnection, queue: string, signal: AbortSignal): Promise<RunReader> {
    const jetstream = connection.streams.jetstream();
    const consumer = await connection.persist(() => jetstream.consumers.get(streamNames.runs, queue));
    return new RunReader(connection, consumer, signal);
  }

  /**
   * Asks for a run, and resolves when there is one. No other is asked for until the next call: one that waits here could
   * be done by another agent.
   *
   * @throws {JetStreamError} the queue is no longer there
   * @throws the reason of the signal
   */
  async next(): Promise<JsMsg> {
    for (;;) {
      this.#signal.throwIfAborted();
      // After an outage the library asks for one more than it should, if nobody has waited meanwhile.
      if (this.#reading?.outages !== this.#connection.outages) this.rest();
      this.#reading ??= await this.#begin();
      this.#signal.throwIfAborted();
      const { done, value } = await this.#connection.orBroken(this.#reading.each.next());
      if (done !== true) return value;
      this.#reading = undefined;
    }
  }

  /** To be called when the next question is some seconds away: else the library asks in vain whether the queue is there. */
  rest(): void {
    this.#reading?.messages.stop();
    this.#reading = undefined;
  }

  async #begin(): Promise<Reading> {
    const { outages } = this.#connection;
    const messages = await this.#consumer.consume({
      max_messages: 1,
      expires: 2 * HEARTBEAT_MS,
      idle_heartbeat: HEARTBEAT_MS,
      abort_on_missing_resource: true,
    });
    void this.#followSilence(messages);
    return { messages, each: messages[Symbol.asyncIterator](), outages };
  }

  async #followSilence(messages: ConsumerMessages): Promise<void> {
    let sinceMs = performance.now();
    for await (const { type } of messages.status()) {
      const nowMs = performance.now();
      if (type === 'heartbeats_missed') this.#connection.tellSilence(nowMs - sinceMs, 'it is silent');
      else sinceMs = nowMs;
    }
  }
}
