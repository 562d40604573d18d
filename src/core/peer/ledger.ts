import type { StoreError } from '../errors.ts';
import type { DiscardReason } from '../events.ts';
import type { Address, ChunkInfo, ChunkStore, Clock, EventSink } from '../interfaces.ts';
import type { ChunkClaim, ProtocolName } from '../protocol/messages.ts';
import { ChunkSet } from '../chunk-set.ts';
import { Download, type DownloadOutcome } from './download.ts';
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
  /** By index. */
  readonly #agreed: (ChunkInfo | undefined)[];
  readonly #disputed = new Set<number>();
  /** By index: how many downloads are bringing it. */
  readonly #onTheirWay: Uint32Array;
  /** Neither committed nor discarded. */
  readonly #drafts = new Set<Draft>();
  readonly #onHeld: ((index: number, isNew: boolean) => void)[] = [];
  readonly #onLost: ((index: number) => void)[] = [];
  readonly #onFlight: ((index: number) => void)[] = [];
  readonly #outcome: DownloadOutcome;

  constructor(components: LedgerComponents, peerName: string) {
    this.#components = components;
    this.#peerName = peerName;
    this.held = new ChunkSet(components.store.totalChunks);
    for (let index = 1; index <= this.held.totalChunks; index++) {
      if (components.store.info(index) !== undefined) this.held.add(index);
    }
    this.#agreed = Array.from({ length: this.totalChunks + 1 }, () => undefined);
    this.#onTheirWay = new Uint32Array(this.totalChunks + 1);
    this.#outcome = {
      agreed: (index) => this.agreed(index),
      requested: (download) => this.#requested(download),
      left: (download) => this.#left(download),
      held: (download) => this.#held(download),
      discard: (draft, reason) => this.discard(draft, reason),
    };
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
    return this.#onTheirWay[index] ?? 0;
  }

  isOnItsWay(index: number): boolean {
    return this.copiesOnTheirWay(index) > 0;
  }

  /** What the swarm agreed on; undefined when not known. */
  agreed(index: number): ChunkInfo | undefined {
    return this.#agreed[index];
  }

  /** Learns what the swarm agreed on. A held chunk that differs is kept, but not offered while it does. */
  agree(claim: ChunkClaim): void {
    if (claim.index < 1 || claim.index > this.totalChunks) return;
    this.#agreed[claim.index] = claim;
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
    const about = { from, protocol, sinceMs: this.#components.clock.now() };
    const download = new Download(draft, about, this.#outcome);
    draft.users++;
    this.#onTheirWay[index]!++;
    if (protocol === 'swarm') download.requested();
    for (const listener of this.#onFlight) listener(index);
    return download;
  }

  #requested({ index, from, protocol }: Download): void {
    const { clock, events } = this.#components;
    events.emit({
      type: 'chunk-requested',
      atMs: clock.now(),
      peer: this.#peerName,
      index,
      from,
      protocol,
    });
  }

  #held({ index, draft, from, sinceMs }: Download): void {
    const { clock, events } = this.#components;
    this.#drafts.delete(draft);
    const sent = draft.sent(from);
    const atMs = clock.now();
    const about = { atMs, peer: this.#peerName, index };
    if (this.#disputed.has(index) || !this.held.add(index)) {
      events.emit({ type: 'chunk-discarded', ...about, ...sent, reason: 'duplicate' });
      return;
    }
    events.emit({ type: 'chunk-received', ...about, ...sent, tookMs: atMs - sinceMs });
    for (const listener of this.#onHeld) listener(index, true);
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
    const known = this.agreed(index) ?? expected;
    const draft = new Draft(index, this.#components.store.begin(index, known), known.hash);
    this.#drafts.add(draft);
    return draft;
  }

  #left({ index, draft }: Download): void {
    draft.users--;
    this.#onTheirWay[index]!--;
    for (const listener of this.#onFlight) listener(index);
  }
}
