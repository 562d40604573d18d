import type { StoreError } from '../errors.ts';
import type { DiscardReason } from '../events.ts';
import type { Address, ChunkInfo, ChunkStore, Clock, EventSink } from '../interfaces.ts';
import type { ChunkClaim, ProtocolName } from '../protocol/messages.ts';
import { ChunkSet } from '../chunk-set.ts';
import { Download } from './download.ts';
import { Draft } from './draft.ts';

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
  /** Neither committed nor discarded. */
  readonly #drafts = new Set<Draft>();
  readonly #onHeld: ((index: number, isNew: boolean) => void)[] = [];
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

  /** How many downloads are bringing it. */
  copiesOnTheirWay(index: number): number {
    return this.#downloads.get(index)?.size ?? 0;
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
    this.#agreed.set(claim.index, claim);
    const own = this.#components.store.info(claim.index);
    if (own?.hash === claim.hash && this.#disputed.delete(claim.index)) {
      this.held.add(claim.index);
      for (const listener of this.#onHeld) listener(claim.index, false);
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

  /** Calls back whenever a chunk has come to be held, after it is. Not new: it was here, but in dispute. */
  onHeld(listener: (index: number, isNew: boolean) => void): void {
    this.#onHeld.push(listener);
  }

  /** Calls back whenever the file of a held chunk turned out to be gone, after it is needed again. */
  onLost(listener: (index: number) => void): void {
    this.#onLost.push(listener);
  }

  /** A held chunk could not be read. If the store no longer holds it, neither does the peer; reported once. */
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

  /** Bytes here of chunks that are not held yet, of each chunk the larger draft. */
  get draftBytes(): number {
    const largest = new Map<number, number>();
    for (const { index, bytes } of this.#drafts) {
      largest.set(index, Math.max(bytes, largest.get(index) ?? 0));
    }
    return [...largest.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /**
   * Begins to receive a chunk, or the rest of a draft; several downloads of one chunk may be under way (end-game). By
   * the spec protocol it is not requested yet: `Download.requested` tells that.
   */
  begin(
    index: number,
    from: Address,
    protocol: ProtocolName,
    expected: Partial<ChunkInfo> = {},
    draft: Draft = this.#newDraft(index, expected),
  ): Download {
    const { clock, events } = this.#components;
    const startMs = clock.now();
    const about = { peer: this.#peerName, index };
    const download = new Download(draft, from, {
      agreed: () => this.#agreed.get(index),
      requested: () => events.emit({ type: 'chunk-requested', atMs: clock.now(), ...about, from, protocol }),
      left: () => this.#left(download),
      held: () => {
        this.#drafts.delete(draft);
        const sent = draft.sent(from);
        const atMs = clock.now();
        if (this.#disputed.has(index) || !this.held.add(index)) {
          events.emit({ type: 'chunk-discarded', atMs, ...about, ...sent, reason: 'duplicate' });
          return;
        }
        events.emit({ type: 'chunk-received', atMs, ...about, ...sent, tookMs: atMs - startMs });
        for (const listener of this.#onHeld) listener(index, true);
      },
      discard: (reason) => this.discard(draft, reason),
    });
    draft.users++;
    const others = this.#downloads.get(index) ?? new Set();
    this.#downloads.set(index, others.add(download));
    if (protocol === 'swarm') download.requested();
    for (const listener of this.#onFlight) listener(index);
    return download;
  }

  /** What has come of a chunk is forgotten. Downloads that bring it are to be ended by the caller. Idempotent. */
  discard(draft: Draft, reason: DiscardReason): void {
    if (!this.#drafts.delete(draft)) return;
    draft.discard();
    if (draft.senders.length === 0) return;
    const { clock, events } = this.#components;
    const about = { atMs: clock.now(), peer: this.#peerName, index: draft.index };
    events.emit({ type: 'chunk-discarded', ...about, ...draft.sent(), reason });
  }

  #newDraft(index: number, expected: Partial<ChunkInfo>): Draft {
    const known = { ...expected, ...this.#agreed.get(index) };
    const draft = new Draft(index, this.#components.store.begin(index, known), known.hash);
    this.#drafts.add(draft);
    return draft;
  }

  #left(download: Download): void {
    const { index, draft } = download;
    draft.users--;
    const others = this.#downloads.get(index);
    others?.delete(download);
    if (others?.size === 0) this.#downloads.delete(index);
    for (const listener of this.#onFlight) listener(index);
  }
}
