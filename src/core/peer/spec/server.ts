import { ADDRESSES_MAX, BoundedMap } from '../../bounded-map.ts';
import { StoreError } from '../../errors.ts';
import type { ChunkStore, Clock, CloseReason, Connection, Timer } from '../../interfaces.ts';
import type { Ledger } from '../ledger.ts';

/** A connection that requests nothing is closed after this time. */
export const REQUEST_TIMEOUT_MS = 60_000;
/**
 * So is one that takes nothing of what it asked for, at first. Generous: the network takes whole blocks, and a block of
 * 1 MiB keeps a requester of 2 KiB/s busy for 9 minutes. A host that was cut off has twice as long the next time, since
 * it may be that slow, until it has taken a whole chunk within the usual time.
 */
export const STALL_TIMEOUT_MS = 600_000;
const DOUBLINGS_MAX = 8;

/** How the remote fared: it was cut off as it took nothing; it took a whole chunk in less than that would need; else. */
type Fate = 'stalled' | 'brisk' | 'unknown';

export interface SpecServerComponents {
  readonly clock: Clock;
  readonly store: ChunkStore;
  readonly ledger: Ledger;
}

/**
 * Serves chunks to spec peers, one a connection: the raw bytes, then the end of the stream; nothing but the end for
 * a chunk that is not held (docs/protocol.md). How many connections are served at a time is up to the caller.
 */
export class SpecServer {
  readonly #components: SpecServerComponents;
  readonly #uploads = new Set<SpecUpload>();
  /** How often hosts were cut off that took nothing. */
  readonly #cutOff = new BoundedMap<string, number>(ADDRESSES_MAX);

  constructor(components: SpecServerComponents) {
    this.#components = components;
  }

  /** Connections under way. */
  get size(): number {
    return this.#uploads.size;
  }

  /** Takes over an accepted `spec-chunk` connection; `onClosed` is called once, when it is closed. */
  serve(connection: Connection, onClosed?: () => void): void {
    const { host } = connection.remote;
    const strikes = this.#cutOff.get(host) ?? 0;
    const upload = new SpecUpload(this.#components, connection, STALL_TIMEOUT_MS * 2 ** strikes, (fate) => {
      this.#uploads.delete(upload);
      if (fate === 'stalled') this.#strike(host, strikes + 1);
      else if (fate === 'brisk') this.#cutOff.delete(host);
      onClosed?.();
    });
    this.#uploads.add(upload);
  }

  /** It may have been struck meanwhile over another connection. */
  #strike(host: string, strikes: number): void {
    this.#cutOff.set(host, Math.min(Math.max(strikes, this.#cutOff.get(host) ?? 0), DOUBLINGS_MAX));
  }

  /** Breaks off what is being sent. Idempotent. */
  stop(): void {
    for (const upload of [...this.#uploads]) upload.abort();
  }
}

class SpecUpload {
  readonly #components: SpecServerComponents;
  readonly #connection: Connection;
  readonly #stallMs: number;
  #chunk: { readonly index: number; readonly bytes: number; offset: number } | undefined;
  #askedMs = 0;
  #ended = false;
  #stalled = false;
  #bufferedBytes = 0;
  #stallTimer: Timer | undefined;

  constructor(
    components: SpecServerComponents,
    connection: Connection,
    stallMs: number,
    onClosed: (fate: Fate) => void,
  ) {
    this.#components = components;
    this.#connection = connection;
    this.#stallMs = stallMs;
    this.#stallTimer = components.clock.setTimer(REQUEST_TIMEOUT_MS, () => this.abort());
    connection.setHandlers({
      onMessage: (message) => {
        if (message.type === 'request-chunk') this.#request(message.index);
      },
      onDrain: () => this.#pump(),
      // Some close their side once they have asked; they still want the chunk.
      onRemoteEnd: () => {
        if (this.#chunk === undefined) this.#end();
      },
      onClose: (reason) => {
        this.#ended = true;
        this.#stallTimer?.cancel();
        onClosed(this.#fate(reason));
      },
    });
  }

  abort(): void {
    this.#ended = true;
    this.#stallTimer?.cancel();
    this.#connection.abort();
  }

  #fate({ kind }: CloseReason): Fate {
    if (this.#stalled) return 'stalled';
    const { bytes, offset } = this.#chunk ?? { bytes: 0, offset: 0 };
    const tookMs = this.#components.clock.now() - this.#askedMs;
    const isServed = kind === 'end' && bytes > 0 && offset === bytes;
    return isServed && tookMs < STALL_TIMEOUT_MS ? 'brisk' : 'unknown';
  }

  #request(index: number): void {
    if (this.#ended || this.#chunk !== undefined) return;
    const { ledger, store } = this.#components;
    const info = ledger.held.has(index) ? store.info(index) : undefined;
    if (info === undefined) {
      this.#end();
      return;
    }
    this.#chunk = { index, bytes: info.bytes, offset: 0 };
    this.#askedMs = this.#components.clock.now();
    this.#pump();
  }

  /** Sends until the connection has enough for now. */
  #pump(): void {
    const chunk = this.#chunk;
    if (this.#ended || chunk === undefined) return;
    let free = true;
    while (free && chunk.offset < chunk.bytes) {
      const length = Math.min(this.#connection.blockBytes, chunk.bytes - chunk.offset);
      try {
        const body = this.#components.store.read(chunk.index, chunk.offset, length);
        free = this.#connection.send({ type: 'raw', body });
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.#unreadable(chunk, error);
        return;
      }
      chunk.offset += length;
    }
    if (chunk.offset === chunk.bytes) this.#end();
    else this.#waitStalled();
  }

  /** Once a part has gone out, a reset: the requester must not take what it has for the whole chunk. */
  #unreadable(
    { index, offset }: { readonly index: number; readonly offset: number },
    error: StoreError,
  ): void {
    const { ledger } = this.#components;
    ledger.unreadable(index, error);
    if (offset === 0 && !ledger.held.has(index)) this.#end();
    else this.abort();
  }

  #end(): void {
    this.#ended = true;
    this.#connection.end();
    this.#waitStalled();
  }

  #waitStalled(): void {
    this.#stallTimer?.cancel();
    this.#bufferedBytes = this.#connection.bufferedBytes;
    this.#stallTimer = this.#components.clock.setTimer(this.#stallMs, () => {
      if (this.#connection.bufferedBytes < this.#bufferedBytes) return this.#waitStalled();
      // A client that has taken everything and only does not close is not slow.
      this.#stalled = this.#bufferedBytes > 0;
      this.abort();
    });
  }
}
