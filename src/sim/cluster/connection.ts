/** The connection of a program to the NATS server of its cluster. */
import {
  JetStreamApiError,
  jetstreamManager,
  type JetStreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import { errors, type NatsConnection } from '@nats-io/nats-core';
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError, TransportError, type SwarmError } from '../../core/errors.ts';
import { SECOND_MS } from '../../core/units.ts';
import type { ClusterAddress } from './cluster-address.ts';
import { isNotEnabled, isOutage, reasonOf, refusal, serversOf } from './connection-errors.ts';
import { firstConnect, RETRY_MS, type FirstConnectOptions } from './first-connect.ts';
import { pause, unlessAborted } from './unless-aborted.ts';

export interface OpenOptions extends FirstConnectOptions {
  /** Ends the wait for a server, and every repetition. */
  readonly signal: AbortSignal;
  /** How long to wait for a server that is not there yet; Infinity: until the signal. Default 10 s. */
  readonly waitMs?: number;
  /** Told when the server is lost, and when it is back. */
  readonly onOutage?: (isAway: boolean) => void;
  /** Told, at most once in ten seconds, when the server is there and yet does not do what it is asked for. */
  readonly onSilence?: (why: string) => void;
}

const WAIT_MS = 10 * SECOND_MS;
/** What the server must take: its default. */
const MESSAGE_BYTES = 1024 * 1024;
/** Of a request to the server itself; one that was on its way when the server died has no answer. */
const REQUEST_MS = 3 * SECOND_MS;
/** So often a person is told that the server does not do what it is asked for. */
const SILENCE_MS = 10 * SECOND_MS;
const STREAM_NOT_FOUND = 10_059;

/**
 * A connection that survives its server: it connects again by itself, for as long as it is open. What ends it for good
 * aborts `broken`. Core messages that are published while the server is away are lost without a word: what must
 * not be lost goes through JetStream, within `persist`.
 */
export class ClusterConnection {
  readonly nats: NatsConnection;
  /** Streams, consumers and, by `.jetstream()`, messages that are kept. */
  readonly streams: JetStreamManager;
  /** Aborted, with a SwarmError as its reason, when the server refuses something or has ended the connection. */
  readonly broken: AbortSignal;
  readonly #breaking = new AbortController();
  readonly #signal: AbortSignal;
  readonly #onOutage: (isAway: boolean) => void;
  readonly #onSilence: (why: string) => void;
  /** When each of the streams that are relied on was made. */
  readonly #streams = new Map<string, string>();
  #toldMs = -Infinity;
  #isAway = false;
  #outages = 0;
  #isClosing = false;
  /** Resolved while the server is there. */
  #back: Promise<void> = Promise.resolve();
  #here: () => void = () => undefined;
  /** Rejected when it goes. */
  #lost: Promise<never>;
  #lose: (error: Error) => void;

  private constructor(nats: NatsConnection, streams: JetStreamManager, options: OpenOptions) {
    this.nats = nats;
    this.streams = streams;
    this.broken = this.#breaking.signal;
    this.#signal = AbortSignal.any([options.signal, this.broken]);
    // Each request listens for as long as it takes, and there may be many at once.
    setMaxListeners(0, this.#signal, this.broken, options.signal);
    this.#onOutage = options.onOutage ?? (() => undefined);
    this.#onSilence = options.onSilence ?? (() => undefined);
    [this.#lost, this.#lose] = whenLost();
    void this.#followStatus();
    void this.#followClose();
  }

  /**
   * @throws {TransportError} no server answers in time
   * @throws {ConfigError} it refuses the credentials, has another kind of encryption, or no JetStream
   */
  static async open(address: ClusterAddress, options: OpenOptions): Promise<ClusterConnection> {
    const untilMs = performance.now() + (options.waitMs ?? WAIT_MS);
    const nats = await firstConnect(address, options, untilMs);
    try {
      requireLargeMessages(nats, address);
      const permission = firstRefusal(nats);
      const streams = await Promise.race([jetStreamOf(nats, address, options, untilMs), permission]);
      return new ClusterConnection(nats, streams, options);
    } catch (error) {
      await nats.close();
      throw error;
    }
  }

  /** How often the server has been lost. */
  get outages(): number {
    return this.#outages;
  }

  /**
   * Repeats a step for as long as the server is away. The step must be one that may be done twice, such as a publish
   * with a msgID.
   *
   * @throws what the step throws for another reason, and the reason of `broken` or of the signal
   */
  async persist<T>(step: () => Promise<T>): Promise<T> {
    const beganMs = performance.now();
    for (;;) {
      await this.orBroken(this.#back);
      try {
        return await this.orBroken(Promise.race([step(), this.#lost]));
      } catch (error) {
        this.#signal.throwIfAborted();
        if (this.nats.isClosed() || !isOutage(error)) throw error;
        this.tellSilence(performance.now() - beganMs, reasonOf(error));
      }
      await pause(RETRY_MS, this.#signal);
    }
  }

  /** @throws the reason of `broken`, or of the signal, as soon as it is aborted */
  orBroken<T>(promise: Promise<T>): Promise<T> {
    return unlessAborted(promise, this.#signal);
  }

  /**
   * Asks somebody, who may join only now: a request that nobody is there for is repeated.
   *
   * @param withinMs how long somebody has to answer
   * @throws {TransportError} nobody answered
   */
  async ask(subject: string, payload: Uint8Array, withinMs: number): Promise<Uint8Array> {
    const end = performance.now() + withinMs;
    for (;;) {
      const leftMs = end - performance.now();
      if (leftMs <= 0) throw new TransportError(`nobody has answered ${subject} within ${withinMs} ms`);
      try {
        return (await this.orBroken(this.nats.request(subject, payload, { timeout: leftMs }))).data;
      } catch (error) {
        this.#signal.throwIfAborted();
        if (!isOutage(error)) throw error;
      }
      await pause(Math.min(RETRY_MS, Math.max(0, end - performance.now())), this.#signal);
    }
  }

  /** What it cannot do without is lost for good. */
  giveUp(reason: SwarmError): void {
    this.#break(reason);
  }

  /** From now on the connection is broken when the server comes back without this stream, or with another. */
  relyOn({ config, created }: StreamInfo): void {
    this.#streams.set(config.name, created);
  }

  /** Has whoever is interested told, not too often, that nothing has come of what was asked for so long ago. */
  tellSilence(forMs: number, why: string): void {
    const nowMs = performance.now();
    // An outage is told of already.
    if (this.#isAway || forMs < SILENCE_MS || nowMs - this.#toldMs < SILENCE_MS) return;
    this.#toldMs = nowMs;
    const seconds = Math.round(forMs / SECOND_MS);
    this.#onSilence(`the NATS server has not answered for ${seconds} s (${why}); it is asked again`);
  }

  /** Sends what is still to be sent, unless the server is away. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosing) return this.nats.closed().then(() => undefined);
    this.#isClosing = true;
    const flushed = this.nats.flush().catch(() => undefined);
    await Promise.race([flushed, delay(SECOND_MS, undefined, { ref: false })]);
    await this.nats.close();
  }

  async #followStatus(): Promise<void> {
    for await (const status of this.nats.status()) {
      if (status.type === 'disconnect') this.#away();
      else if (status.type === 'reconnect' && this.#isAway) this.#returned();
      else if (status.type === 'error') this.#break(refusal(status.error, this.nats.getServer()));
    }
  }

  /** What was on its way has no answer any more. A server that dies as it is reached again is no second outage. */
  #away(): void {
    if (this.#isAway) return;
    this.#isAway = true;
    this.#outages++;
    ({ promise: this.#back, resolve: this.#here } = this.#untilBack());
    this.#lose(new errors.ConnectionError('the server is away'));
    this.#onOutage(true);
  }

  #returned(): void {
    this.#here();
    // What ends the wait for an answer is told elsewhere.
    this.#requireStreams().catch(() => undefined);
  }

  async #requireStreams(): Promise<void> {
    for (const [name, created] of this.#streams) {
      if ((await this.#createdOf(name)) === created) continue;
      this.#break(
        new TransportError(
          `the NATS server at ${this.nats.getServer()} has come back without what it held: its store was removed, or it was ` +
            'started with another (-sd); start the agents again, and go on with the experiment by --resume',
        ),
      );
    }
  }

  /** undefined: there is no such stream. */
  async #createdOf(stream: string): Promise<string | undefined> {
    try {
      return (await this.persist(() => this.streams.streams.info(stream))).created;
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined;
      throw error;
    }
  }

  #untilBack(): { promise: Promise<void>; resolve: () => void } {
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => {
      resolve = () => {
        [this.#lost, this.#lose] = whenLost();
        this.#isAway = false;
        this.#onOutage(false);
        done();
      };
    });
    return { promise, resolve };
  }

  async #followClose(): Promise<void> {
    const error = await this.nats.closed();
    if (this.#isClosing) return;
    const server = this.nats.getServer();
    this.#break(
      error === undefined
        ? new TransportError('the NATS server has ended the connection')
        : (refusal(error, server) ??
            new TransportError(`the NATS server is lost: ${error.message}`, { cause: error })),
    );
  }

  #break(reason: SwarmError | undefined): void {
    if (reason !== undefined && !this.#isClosing) this.#breaking.abort(reason);
  }
}

async function jetStreamOf(
  nats: NatsConnection,
  address: ClusterAddress,
  { signal, onWaiting }: OpenOptions,
  untilMs: number,
): Promise<JetStreamManager> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await jetstreamManager(nats, { timeout: REQUEST_MS });
    } catch (error) {
      const why = refusal(error, serversOf(address));
      if (why !== undefined) throw why;
      if (isNotEnabled(error)) {
        throw new ConfigError(
          `the NATS server at ${serversOf(address)} has no JetStream; start it with -js, and with -sd <folder> to keep ` +
            'what it holds',
          { cause: error },
        );
      }
      if (!isOutage(error)) throw error;
      const silent = `JetStream of the NATS server at ${serversOf(address)} does not answer (${reasonOf(error)})`;
      if (performance.now() >= untilMs) {
        throw new TransportError(`${silent}; look at its log: it may wait for others of its NATS cluster`, {
          cause: error,
        });
      }
      if (attempt === 1) onWaiting?.(`${silent} yet`);
      await pause(RETRY_MS, signal);
    }
  }
}

/** A smaller limit would show in the middle of a run. */
function requireLargeMessages({ info }: NatsConnection, address: ClusterAddress): void {
  const most = info?.max_payload ?? MESSAGE_BYTES;
  if (most >= MESSAGE_BYTES) return;
  throw new ConfigError(
    `the NATS server at ${serversOf(address)} takes messages of up to ${most} bytes; set max_payload to ${MESSAGE_BYTES} ` +
      'or more in its configuration (1 MiB is its default)',
  );
}

/** Rejects when the server refuses a subject; else it never settles. */
async function firstRefusal(nats: NatsConnection): Promise<never> {
  for await (const status of nats.status()) {
    const why = status.type === 'error' ? refusal(status.error, nats.getServer()) : undefined;
    if (why !== undefined) throw why;
  }
  return new Promise<never>(() => undefined);
}

function whenLost(): [Promise<never>, (error: Error) => void] {
  let lose: (error: Error) => void = () => undefined;
  const lost = new Promise<never>((_, reject) => {
    lose = reject;
  });
  // Mostly nobody waits for anything.
  lost.catch(() => undefined);
  return [lost, lose];
}
