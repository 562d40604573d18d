import type { StoreError } from '../errors.ts';
import type { DiscardReason } from '../events.ts';
import type { Address, Body, ChunkInfo, ChunkStore, ChunkWriter, Clock, EventSink } from '../interfaces.ts';
import type { ChunkClaim, ProtocolName } from '../protocol/messages.ts';
import { ChunkSet } from '../chunk-set.ts';

export interface LedgerComponents {
  readonly clock: Clock;
  readonly store: ChunkStore;
  readonly events: EventSink;
}

/**
 * What a peer holds, what is on its way and what the swarm agreed on. The one place where a chunk becomes held,
 * whichever protocol brought it.
 */
export class Ledger {
  /** Chunks that are held and may be offered: verified, and not in dispute. */
  readonly held: ChunkSet;
  readonly #components: LedgerComponents;
  readonly #peerName: string;
  readonly #agreed = new Map<number, ChunkInfo>();
  readonly #disputed = new Set<number>();
  readonly #downloads = new Map<number, Set<Download>>();
  readonly #onHeld: ((index: number) => void)[] = [];
  readonly #onLost: ((index: number) => void)[] = [];
  readonly #onFlight: ((index: number) => void)[] = [];

  constructor(components: LedgerComponents, peerName: string) {
    this.#components = components;
    this.#peerName = peerName;
    this.held = new ChunkSet(components.store.totalChunks);
    for (let index = 1; index <= this.held.totalChunks; index++) {
      if (components.store.info(index) !== undefined) this.held.add(index);
    }
  }

  get totalChunks(): number {
    return this.held.totalChunks;
  }

  /** Whether nothing needs to be downloaded: every chunk is held, or is in dispute and stays as it is. */
  get complete(): boolean {
    return this.held.size + this.#disputed.size === this.totalChunks;
  }

  needs(index: number): boolean {
    return !this.held.has(index) && !this.#disputed.has(index);
  }

  /** Missing chunks, on their way or not, ascending. */
  needed(): number[] {
    return this.held.missing().filter((index) => !this.#disputed.has(index));
  }

  downloadsOf(index: number): readonly Download[] {
    return [...(this.#downloads.get(index) ?? [])];
  }

  isOnItsWay(index: number): boolean {
    return this.#downloads.has(index);
  }

  /** What the swarm agreed on; undefined when not known. */
  agreed(index: number): ChunkInfo | undefined {
    return this.#agreed.get(index);
  }

  /** Learns what the swarm agreed on. A held chunk that differs is kept, but not offered while it does. */
  agree(claim: ChunkClaim): void {
    if (claim.index < 1 || claim.index > this.totalChunks) return;
    this.#agreed.set(claim.index, { bytes: claim.bytes, hash: claim.hash });
    const own = this.#components.store.info(claim.index);
    if (own?.hash === claim.hash && this.#disputed.delete(claim.index)) {
      this.held.add(claim.index);
      for (const listener of this.#onHeld) listener(claim.index);
    }
    if (own === undefined || own.hash === claim.hash || this.#disputed.has(claim.index)) return;
    this.#disputed.add(claim.index);
    this.held.delete(claim.index);
    this.#components.events.emit({
      type: 'chunk-disputed',
      atMs: this.#components.clock.now(),
      peer: this.#peerName,
      index: claim.index,
      hash: own.hash,
      agreedHash: claim.hash,
    });
  }

  /** Size and hash of a held chunk. */
  claim(index: number): ChunkClaim | undefined {
    const info = this.held.has(index) ? this.#components.store.info(index) : undefined;
    return info && { index, ...info };
  }

  /** Calls back whenever a chunk has come to be held, after it is. */
  onHeld(listener: (index: number) => void): void {
    this.#onHeld.push(listener);
  }

  /** Calls back whenever the file of a held chunk turned out to be gone, after it is needed again. */
  onLost(listener: (index: number) => void): void {
    this.#onLost.push(listener);
  }

  /** A held chunk could not be read. If the store holds it no longer, neither does the peer, which is told once. */
  unreadable(index: number, { code, message }: StoreError): void {
    if (!this.held.has(index)) return;
    const { clock, store, events } = this.#components;
    const isLost = store.info(index) === undefined;
    if (isLost) this.held.delete(index);
    const lost = isLost ? { lostChunk: index } : {};
    const about = { atMs: clock.now(), peer: this.#peerName, code, detail: message };
    events.emit({ type: 'node-failed', ...about, ...lost });
    if (isLost) for (const listener of this.#onLost) listener(index);
  }

  /** Calls back whenever a download of a chunk has begun or ended. */
  onFlight(listener: (index: number) => void): void {
    this.#onFlight.push(listener);
  }

  /**
   * Begins to receive a chunk; several downloads of one chunk may be under way (end-game). By the spec protocol it is
   * not requested yet: `Download.requested` tells that.
   */
  begin(index: number, from: Address, protocol: ProtocolName, expected: Partial<ChunkInfo> = {}): Download {
    const { clock, store, events } = this.#components;
    const writer = store.begin(index, { ...expected, ...this.#agreed.get(index) });
    const startMs = clock.now();
    const about = { peer: this.#peerName, index, from };
    const forget = (): void => {
      const others = this.#downloads.get(index);
      others?.delete(download);
      if (others?.size === 0) this.#downloads.delete(index);
      for (const listener of this.#onFlight) listener(index);
    };
    const download = new Download(index, from, writer, {
      requested: () => events.emit({ type: 'chunk-requested', atMs: clock.now(), ...about, protocol }),
      held: (bytes) => {
        forget();
        if (!this.held.add(index)) {
          events.emit({ type: 'chunk-discarded', atMs: clock.now(), ...about, bytes, reason: 'duplicate' });
          return;
        }
        const atMs = clock.now();
        events.emit({ type: 'chunk-received', atMs, ...about, bytes, tookMs: atMs - startMs });
        for (const listener of this.#onHeld) listener(index);
      },
      dropped: (bytes, reason) => {
        forget();
        if (bytes > 0) events.emit({ type: 'chunk-discarded', atMs: clock.now(), ...about, bytes, reason });
      },
    });
    const others = this.#downloads.get(index) ?? new Set();
    this.#downloads.set(index, others.add(download));
    if (protocol === 'swarm') download.requested();
    for (const listener of this.#onFlight) listener(index);
    return download;
  }
}

interface DownloadOutcome {
  requested(): void;
  held(bytes: number): void;
  dropped(bytes: number, reason: DiscardReason): void;
}

/** One attempt to receive one chunk from one remote. Ends once, by `finish` or `drop`. */
export class Download {
  readonly index: number;
  readonly from: Address;
  readonly #writer: ChunkWriter;
  readonly #outcome: DownloadOutcome;
  #over = false;

  constructor(index: number, from: Address, writer: ChunkWriter, outcome: DownloadOutcome) {
    this.index = index;
    this.from = from;
    this.#writer = writer;
    this.#outcome = outcome;
  }

  /** The request has left. */
  requested(): void {
    this.#outcome.requested();
  }

  get receivedBytes(): number {
    return this.#writer.writtenBytes;
  }

  /** What is here is all of what the swarm agreed on. */
  isWhole(): boolean {
    return !this.#over && this.#writer.agrees();
  }

  get over(): boolean {
    return this.#over;
  }

  /** @throws {StoreError} the store cannot keep it; the download is then to be dropped. */
  write(body: Body): void {
    this.#writer.write(body);
  }

  /**
   * All bytes are here. Returns whether they are the chunk; a bad one is discarded and reported as corrupt.
   * @throws {StoreError} the store cannot keep it; the download is over all the same.
   */
  finish(): boolean {
    if (this.#over) return false;
    const bytes = this.receivedBytes;
    let info: ChunkInfo | undefined;
    try {
      info = this.#writer.commit();
    } catch (error) {
      this.drop('failed');
      throw error;
    }
    this.#over = true;
    if (info === undefined) this.#outcome.dropped(bytes, 'corrupt');
    else this.#outcome.held(bytes);
    return info !== undefined;
  }

  /** Gives it up; what was received is forgotten. Idempotent. */
  drop(reason: DiscardReason): void {
    if (this.#over) return;
    this.#over = true;
    const bytes = this.receivedBytes;
    this.#writer.discard();
    this.#outcome.dropped(bytes, reason);
  }
}
