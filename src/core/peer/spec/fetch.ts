import { StoreError } from '../../errors.ts';
import type { Address, Body, Clock, CloseReason, Connection, Timer, Transport } from '../../interfaces.ts';
import type { Message } from '../../protocol/messages.ts';
import type { Download } from '../download.ts';
import { PREFIX_BYTES, saysLength } from './length-prefix.ts';
import type { Patience } from '../patience.ts';
import { looksLikeRefusal, REFUSAL_BYTES_MAX } from './refusal.ts';

/**
 * Least silence that ends a transfer: some servers wait 2 s before the first byte, some send 1 KiB a second. There is
 * no limit on the whole.
 */
export const IDLE_TIMEOUT_MS = 12_000;
/** A transfer that has begun is not given up before its limit has struck, and doubled, so many times in a row. */
const BEGUN_STRIKES_MAX = 6;

/**
 * How a transfer went. `held`: the chunk is in the ledger. `corrupt`: whole, but not the agreed content.
 * `refused`: the holder could not be reached. `absent`: it answered that it has no such chunk, or with nothing.
 * `broken`: it broke off, or fell silent. `doubtful`: the end may have come too soon, or too late. `prefixed`: its
 * first four bytes say how many follow, and so may not be the chunk's.
 */
export type FetchOutcome =
  | { readonly kind: 'held' | 'absent' }
  | { readonly kind: 'corrupt'; readonly hash: string }
  | { readonly kind: 'doubtful' | 'prefixed'; readonly bytes: number }
  | { readonly kind: 'refused' | 'broken'; readonly detail: string }
  | { readonly kind: 'store-failed'; readonly error: StoreError };

export interface FetchOptions {
  readonly download: Download;
  /** What the content must hash to; undefined in the plain edition, where nothing tells. */
  readonly hash: string | undefined;
  /** The chunk's size, where it is known. */
  readonly bytes: number | undefined;
  /** Whether a stream that ended in order after so many bytes is to be believed without a hash. */
  believes(bytes: number): boolean;
  /** What to think of first four bytes that say how many follow, where no hash tells. */
  readonly prefix: 'doubt' | 'drop' | 'keep';
  /** The size that chunks usually have; 0 when there is none. */
  readonly usualBytes: number;
  /** How long the first bytes are waited for, and those that follow, learnt from what this holder sent before. */
  readonly patience: { readonly answer: Patience; readonly next: Patience };
  /** Exactly once, unless stopped. */
  onOutcome(outcome: FetchOutcome): void;
}

const EMPTY_SHA1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';

/** One chunk from one holder: one connection, one request, then its bytes until the end of the stream. */
export class Fetch {
  readonly #clock: Clock;
  readonly #options: FetchOptions;
  readonly #connection: Connection;
  /** The first bytes, while they may be the text of a refusal. */
  #start: Uint8Array | undefined = new Uint8Array();
  /** The first four bytes. */
  #prefix: Uint8Array | undefined = new Uint8Array();
  #idleTimer: Timer | undefined;
  #heardMs: number;
  #begun = false;
  #strikes = 0;
  #over = false;

  constructor(
    components: { readonly clock: Clock; readonly transport: Transport },
    from: Address,
    options: FetchOptions,
  ) {
    this.#clock = components.clock;
    this.#options = options;
    this.#heardMs = components.clock.now();
    this.#connection = components.transport.connect(from, 'spec-chunk');
    this.#connection.setHandlers({
      onOpen: () => options.download.requested(),
      onMessage: (message) => this.#receive(message),
      // Nothing follows, however long it takes until the connection is closed.
      onRemoteEnd: () => this.#closed({ kind: 'end' }),
      onClose: (reason) => this.#closed(reason),
    });
    this.#connection.send({ type: 'request-chunk', index: options.download.index });
    this.#waitIdle();
  }

  get download(): Download {
    return this.#options.download;
  }

  get #patience(): Patience {
    const { answer, next } = this.#options.patience;
    return this.#begun ? next : answer;
  }

  /** Gives it up; nothing is called back. */
  stop(): void {
    this.#leave();
    this.#connection.abort();
    this.download.drop('cancelled');
  }

  #receive(message: Message): void {
    if (this.#over || message.type !== 'raw') return;
    const { download, hash, bytes } = this.#options;
    const nowMs = this.#clock.now();
    this.#patience.heard(nowMs - this.#heardMs);
    this.#heardMs = nowMs;
    this.#begun = true;
    this.#strikes = 0;
    this.#keepStart(message.body);
    try {
      const body = this.#takePrefix(message.body);
      if (body.byteLength > 0) download.write(body);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#fail({ kind: 'store-failed', error });
      return;
    }
    // Some never close: a hash is as good an end as that of the stream.
    const isAll = bytes === undefined ? download.isWhole() : download.receivedBytes >= bytes;
    if (hash !== undefined && isAll) this.#finish();
    else this.#waitIdle();
  }

  #closed(reason: CloseReason): void {
    if (this.#over) return;
    const { download, hash } = this.#options;
    const { receivedBytes } = download;
    if (reason.kind === 'refused') this.#fail({ kind: 'refused', detail: reason.detail });
    else if (hash !== undefined && receivedBytes > 0) this.#closedHashed(hash, reason);
    else if (reason.kind !== 'end') this.#fail({ kind: 'broken', detail: reason.detail });
    else if (hash !== undefined) this.#closedHashed(hash, reason);
    else this.#closedPlain();
  }

  #closedHashed(hash: string, reason: CloseReason): void {
    const { receivedBytes } = this.download;
    if (receivedBytes === 0 && hash !== EMPTY_SHA1) this.#fail({ kind: 'absent' });
    else if (this.#isRefusal()) this.#fail({ kind: 'absent' });
    else if (reason.kind !== 'end') this.#fail({ kind: 'broken', detail: reason.detail });
    else if (receivedBytes < (this.#options.bytes ?? 0) || !this.#options.believes(receivedBytes)) {
      this.#fail({ kind: 'broken', detail: `the stream ended after ${receivedBytes} bytes` });
    } else this.#finish();
  }

  #closedPlain(): void {
    const { receivedBytes } = this.download;
    if (receivedBytes === 0 && this.#options.bytes !== 0) this.#fail({ kind: 'absent' });
    else if (this.#isRefusal()) this.#fail({ kind: 'absent' });
    else if (this.#isPrefixed()) this.#fail({ kind: 'prefixed', bytes: receivedBytes });
    else if (this.#lacksPrefix()) this.#fail({ kind: 'doubtful', bytes: receivedBytes });
    else if (this.#options.believes(receivedBytes)) this.#finish();
    else this.#fail({ kind: 'doubtful', bytes: receivedBytes });
  }

  #idle(): void {
    const { hash } = this.#options;
    const silentMs = this.#clock.now() - this.#heardMs;
    const silent = { kind: 'broken', detail: `silent for ${Math.round(silentMs / 1000)} s` } as const;
    // A holder that never closes has sent all there is of an empty chunk.
    if (hash !== undefined && this.download.isWhole()) return this.#finish();
    this.#patience.struck();
    if (!this.#begun || ++this.#strikes > BEGUN_STRIKES_MAX) this.#fail(silent);
    else this.#waitIdle();
  }

  /** The ledger decides. */
  #finish(): void {
    this.#leave();
    let outcome: FetchOutcome;
    try {
      outcome = this.#judge();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.download.drop('failed');
      outcome = { kind: 'store-failed', error };
    }
    this.#options.onOutcome(outcome);
  }

  #judge(): FetchOutcome {
    const finish = this.download.finish();
    if (finish === 'held') return { kind: 'held' };
    // Without a hash nothing is ever corrupt.
    const { hash } = this.#options;
    if (finish === 'corrupt' && hash !== undefined) return { kind: 'corrupt', hash };
    return { kind: 'broken', detail: 'meanwhile the swarm has agreed on another content' };
  }

  #fail(outcome: FetchOutcome): void {
    this.#leave();
    // A sender takes an end for that of the request alone: it would go on, and keep its uplink from others.
    this.#connection.abort();
    this.download.drop('failed');
    this.#options.onOutcome(outcome);
  }

  #leave(): void {
    this.#over = true;
    this.#idleTimer?.cancel();
    this.#connection.end();
  }

  #waitIdle(): void {
    this.#idleTimer?.cancel();
    this.#idleTimer = this.#clock.setTimer(this.#patience.limitMs, () => this.#idle());
  }

  /** Keeps the first four bytes. Returns what of the body belongs to the chunk. */
  #takePrefix(body: Body): Body {
    const prefix = this.#prefix;
    if (prefix === undefined || prefix.length === PREFIX_BYTES) return body;
    if (!(body instanceof Uint8Array)) {
      this.#prefix = undefined;
      return body;
    }
    const count = Math.min(PREFIX_BYTES - prefix.length, body.length);
    const joined = new Uint8Array(prefix.length + count);
    joined.set(prefix);
    joined.set(body.subarray(0, count), prefix.length);
    this.#prefix = joined;
    return this.#options.prefix === 'drop' ? body.subarray(count) : body;
  }

  /** Whether the first four bytes may be the length of the chunk, not of it. */
  #isPrefixed(): boolean {
    const { prefix, usualBytes } = this.#options;
    const { receivedBytes } = this.download;
    if (prefix !== 'doubt' || receivedBytes <= PREFIX_BYTES || receivedBytes === usualBytes) return false;
    return this.#prefix !== undefined && saysLength(this.#prefix, receivedBytes - PREFIX_BYTES);
  }

  /** Four bytes were dropped that are not the length. */
  #lacksPrefix(): boolean {
    if (this.#options.prefix !== 'drop') return false;
    return this.#prefix === undefined || !saysLength(this.#prefix, this.download.receivedBytes);
  }

  #keepStart(body: Body): void {
    if (this.#start === undefined) return;
    const total = this.#start.length + body.byteLength;
    if (!(body instanceof Uint8Array) || total > REFUSAL_BYTES_MAX) {
      this.#start = undefined;
      return;
    }
    const joined = new Uint8Array(total);
    joined.set(this.#start);
    joined.set(body, this.#start.length);
    this.#start = joined;
  }

  #isRefusal(): boolean {
    return this.#start !== undefined && looksLikeRefusal(this.#start);
  }
}
