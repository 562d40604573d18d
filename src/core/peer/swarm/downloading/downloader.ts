import { StoreError } from '../../../errors.ts';
import { MIB } from '../../../units.ts';
import type { DiscardReason } from '../../../events.ts';
import type { ChunkPart, Reject } from '../../../protocol/messages.ts';
import type { PeerContext } from '../../context.ts';
import type { Finish } from '../../download.ts';
import type { Draft } from '../../draft.ts';
import { chooseAgain, type Requested } from './choose-again.ts';
import { Drafts } from './drafts.ts';
import { Holders } from '../neighbours/holders.ts';
import type { Neighbour, OpenRequest } from '../neighbours/neighbour.ts';
import type { Neighbourhood } from '../neighbours/neighbourhood.ts';
import type { Picker } from '../pickers/picker.ts';
import { adaptWindow } from './request-window.ts';
import { RarityIndex } from '../pickers/rarity-index.ts';
import { SlotSet } from '../neighbours/slot-set.ts';

/** Of more requests than this open at a time with one neighbour, only so many bytes. */
const WINDOW_CHUNKS_FREE = 16;
const WINDOW_BYTES_MAX = 4 * MIB;
/** A neighbour that rejects without choking and without a cancel gets no requests for this time. */
const REJECTED_MS = 1_000;
/** The disk could not take a chunk: the next try comes after this. */
const STORE_RETRY_MS = 5_000;

export interface DownloaderCallbacks {
  /** The neighbour, and nobody else, sent a chunk whose hash is not the agreed one. */
  onCorrupt(neighbour: Neighbour, draft: Draft): void;
  onFault(neighbour: Neighbour, detail: string): void;
  /** The neighbour does not hold a chunk that it has shown. */
  onWithdrawn(neighbour: Neighbour): void;
}

/** Requests chunks from the neighbours and takes in what they send. */
export class Downloader {
  readonly #context: PeerContext;
  readonly holders: Holders;
  readonly #neighbours: Neighbourhood;
  /** Those who owe us something, or are silent still. */
  readonly #owing: SlotSet;
  readonly #callbacks: DownloaderCallbacks;
  readonly #picker: Picker;
  readonly #rarity: RarityIndex;
  readonly #drafts: Drafts;
  readonly #requested: Requested;
  #storeRetryMs = 0;
  #stopped = false;

  constructor(context: PeerContext, neighbours: Neighbourhood, callbacks: DownloaderCallbacks) {
    this.#context = context;
    this.#neighbours = neighbours;
    this.#owing = new SlotSet(neighbours.slots);
    this.holders = new Holders(context.ledger.totalChunks, neighbours.slots);
    this.#callbacks = callbacks;
    this.#picker = context.picker;
    this.#rarity = new RarityIndex(context.ledger.totalChunks);
    this.#drafts = new Drafts(context.ledger, (sender) => context.isBannedKey(sender));
    const [drafts, { usualPace }] = [this.#drafts, neighbours];
    this.#requested = { ledger: context.ledger, drafts, usualPace, owed: () => this.#owed() };
    context.ledger.onFlight((index) => this.refresh(index));
  }

  get idle(): boolean {
    return !this.#neighbours.some(
      (at) => this.#owing.words[at]!,
      ({ requests }) => requests.size > 0,
    );
  }

  copies(index: number): number {
    return this.#rarity.copies(index);
  }

  /** The neighbour came to hold a chunk. */
  offered(neighbour: Neighbour, index: number): void {
    this.#rarity.changeCopies(index, 1);
    this.holders.put(index, neighbour.slot, true);
    if (this.#context.ledger.needs(index)) neighbour.usefulChunks++;
  }

  /** Whether the chunk may be requested has changed: it was held, agreed, given up… */
  refresh(index: number): void {
    const { ledger } = this.#context;
    const pickable = ledger.needs(index) && !ledger.isOnItsWay(index) && ledger.agreed(index) !== undefined;
    this.#rarity.setPickable(index, pickable);
  }

  /** The swarm has agreed on the chunk's content, or on another one. */
  agreed(index: number): void {
    this.#drafts.agreed(index);
    this.refresh(index);
  }

  /**
   * A chunk is held now, whoever sent it; `isNew`: it was needed until now. Returns the neighbours that have nothing
   * more of use.
   */
  held(index: number, isNew: boolean): readonly Neighbour[] {
    this.refresh(index);
    if (this.#context.ledger.isOnItsWay(index)) this.#cancelOthers(index);
    const useless: Neighbour[] = [];
    const holders = isNew ? this.#neighbours.where((at) => this.holders.word(index, at)) : [];
    for (const neighbour of holders) if (--neighbour.usefulChunks === 0) useless.push(neighbour);
    this.#drafts.held(index);
    return useless;
  }

  #cancelOthers(index: number): void {
    for (const neighbour of this.#owed()) {
      const request = neighbour.requests.get(index);
      if (request && !request.download.over) this.#cancel(neighbour, request, 'cancelled');
    }
  }

  /** Those who have requests of ours. */
  #owed(): Neighbour[] {
    return this.#neighbours.where((at) => this.#owing.words[at]!).filter(({ requests }) => requests.size > 0);
  }

  /** Nothing is requested any more, and what is here of chunks that are not whole is forgotten. */
  stop(): void {
    this.#stopped = true;
    for (const neighbour of this.#owed()) this.#giveUp(neighbour);
    this.#drafts.stop();
  }

  /** Requests as much as the neighbour can usefully have open. */
  fill(neighbour: Neighbour): void {
    if (this.#stopped || neighbour.theyChoke || neighbour.usefulChunks === 0 || neighbour.silent) return;
    const nowMs = this.#context.clock.now();
    if (nowMs < neighbour.snubbedUntilMs) return;
    while (neighbour.usefulChunks > 0 && this.#wantsMore(neighbour) && nowMs >= this.#storeRetryMs) {
      const index = this.#chooseFor(neighbour, nowMs);
      if (index === undefined || neighbour.requests.has(index)) return;
      this.#request(neighbour, index, nowMs);
    }
  }

  #chooseFor(neighbour: Neighbour, nowMs: number): number | undefined {
    const { theirs } = neighbour;
    return (
      this.#drafts.choose(neighbour) ??
      this.#picker(this.#rarity, (chunk) => theirs.has(chunk), this.#context.random) ??
      chooseAgain(neighbour, this.#requested, nowMs)
    );
  }

  fillAll(): void {
    const { serving } = this.#neighbours.standing;
    for (const neighbour of this.#neighbours.where((at) => serving.words[at]!)) this.fill(neighbour);
  }

  part(neighbour: Neighbour, part: ChunkPart): void {
    const nowMs = this.#context.clock.now();
    const request = neighbour.requests.get(part.index);
    if (request === undefined) return this.#callbacks.onFault(neighbour, `chunk ${part.index} unasked`);
    this.#measure(neighbour, request, part, nowMs);
    const last = part.offset + part.body.byteLength === part.chunkBytes;
    if (request.download.over) {
      request.wastedBytes += part.body.byteLength;
      if (!last) return;
      this.#close(neighbour, request);
      return this.fill(neighbour);
    }
    if (part.offset !== request.nextOffset) {
      const detail = `chunk ${part.index} continues at ${part.offset}, not in order`;
      return this.#callbacks.onFault(neighbour, detail);
    }
    if (part.offset === request.offset) this.#isFirst(neighbour, request, nowMs);
    if (part.chunkBytes !== request.bytes) return this.#isOfAnotherSize(neighbour, request, last);
    if (!this.#write(request, part)) {
      if (last) {
        this.#close(neighbour, request);
        request.download.leave();
      }
      return this.#broken(request.download.draft);
    }
    if (!last) return;
    adaptWindow(neighbour, request, nowMs);
    this.#finish(neighbour, request);
    this.fill(neighbour);
  }

  /** It has begun to bring a chunk: those who have not, and were asked too, need not. */
  #isFirst(neighbour: Neighbour, request: OpenRequest, nowMs: number): void {
    request.begunMs = nowMs;
    const { index } = request;
    if (this.#context.ledger.copiesOnTheirWay(index) < 2) return;
    for (const other of this.#owed()) {
      const second = other.requests.get(index);
      if (other === neighbour || second === undefined || second.download.over) continue;
      if (second.nextOffset === second.offset) this.#cancel(other, second, 'cancelled');
    }
  }

  /** Returns whether the store could keep it. */
  #write(request: OpenRequest, { body, offset }: ChunkPart): boolean {
    request.nextOffset += body.byteLength;
    return this.#store(() => {
      request.wastedBytes += body.byteLength - request.download.write(body, offset);
    });
  }

  #finish(neighbour: Neighbour, request: OpenRequest): void {
    this.#close(neighbour, request);
    const { download } = request;
    const verdict: { finish?: Finish | undefined } = {};
    const isKept = this.#store(() => {
      verdict.finish = download.finish();
    });
    if (!isKept) return this.#broken(download.draft);
    if (verdict.finish === 'held') return;
    const isCertain = verdict.finish === 'corrupt' && this.#drafts.provedWrong(download.draft);
    this.#broken(download.draft);
    if (isCertain) this.#corrupt(neighbour, download.draft);
    else this.fillAll();
  }

  /** The sender's fault, unless the swarm agreed on another content after the request. */
  #isOfAnotherSize(neighbour: Neighbour, request: OpenRequest, isLast: boolean): void {
    const { download } = request;
    if (!download.isOutdated) {
      this.#leave(request, 'failed');
      this.#corrupt(neighbour, download.draft);
    } else if (isLast) {
      this.#close(neighbour, request);
      this.#leave(request, 'failed');
      this.fill(neighbour);
    } else this.#cancel(neighbour, request, 'failed');
  }

  #corrupt(neighbour: Neighbour, draft: Draft): void {
    this.#callbacks.onCorrupt(neighbour, draft);
    this.#drafts.forgetDistrusted();
  }

  /** The draft cannot become the chunk: whoever else brings it is told so. */
  #broken(draft: Draft): void {
    this.#drafts.forget(draft, 'failed');
    for (const neighbour of this.#owed()) {
      const request = neighbour.requests.get(draft.index);
      if (request === undefined || request.download.draft !== draft) continue;
      if (!request.download.over) this.#cancel(neighbour, request, 'failed');
    }
  }

  rejected(neighbour: Neighbour, index: number, reason: Reject['reason']): void {
    const request = neighbour.requests.get(index);
    // Our cancel may have crossed the last part: then the request is already closed.
    if (request === undefined) return;
    this.#close(neighbour, request);
    const isOurWish = request.download.over;
    this.#leave(request, 'failed');
    // It has shown what it does not hold: not asked for again before it shows it anew.
    if (reason === 'not-held') this.#withdrawn(neighbour, index);
    // Asked again at once, a neighbour that does not serve what it shows, or may be asked for, would reject for ever.
    const isExpected = reason === 'choked' ? neighbour.theyChoke : reason === 'cancelled' && isOurWish;
    if (!isExpected) neighbour.snubbedUntilMs = this.#context.clock.now() + REJECTED_MS;
    this.fillAll();
  }

  #withdrawn(neighbour: Neighbour, index: number): void {
    if (!neighbour.theirs.delete(index)) return;
    this.#rarity.changeCopies(index, -1);
    this.holders.put(index, neighbour.slot, false);
    if (this.#context.ledger.needs(index)) neighbour.usefulChunks--;
    this.#callbacks.onWithdrawn(neighbour);
  }

  /** The neighbour is gone: what it owed can be requested from others. */
  left(neighbour: Neighbour): void {
    for (const index of neighbour.theirs.indices()) {
      this.#rarity.changeCopies(index, -1);
      this.holders.put(index, neighbour.slot, false);
    }
    this.#giveUp(neighbour);
    this.#owing.put(neighbour.slot, false);
    this.fillAll();
  }

  /** It will send nothing of what it owes. */
  #giveUp(neighbour: Neighbour): void {
    for (const request of [...neighbour.requests.values()]) {
      this.#close(neighbour, request);
      this.#leave(request, 'failed');
    }
  }

  /**
   * About once a second. What a silent neighbour owes stays requested from it, and what has come of it is kept: its
   * turn on a slow link may come yet. Others may bring the same meanwhile (end-game).
   */
  tick(): void {
    const nowMs = this.#context.clock.now();
    for (const neighbour of this.#neighbours.where((at) => this.#owing.words[at]!)) {
      if (neighbour.requests.size === 0) {
        neighbour.silent = false;
        this.#owing.put(neighbour.slot, false);
      } else if (nowMs - neighbour.lastProgressMs > neighbour.patience.limitMs) {
        neighbour.silent = true;
        neighbour.patience.struck();
      }
    }
    this.fillAll();
  }

  #wantsMore(neighbour: Neighbour): boolean {
    const open = neighbour.requests.size;
    if (open >= Math.floor(neighbour.window)) return false;
    if (open < WINDOW_CHUNKS_FREE) return true;
    let bytes = 0;
    for (const request of neighbour.requests.values()) bytes += request.bytes - request.offset;
    return bytes < WINDOW_BYTES_MAX;
  }

  #request(neighbour: Neighbour, index: number, nowMs: number): void {
    const { ledger } = this.#context;
    const { bytes } = ledger.agreed(index)!;
    this.#store(() => {
      const rest = this.#drafts.restFor(neighbour, index);
      const download = ledger.begin(index, neighbour.address, 'swarm', {}, rest);
      this.#drafts.began(download.draft);
      const offset = download.receivedBytes;
      if (neighbour.requests.size === 0) neighbour.lastProgressMs = nowMs;
      const request: OpenRequest = {
        index,
        bytes,
        download,
        sentMs: nowMs,
        offset,
        nextOffset: offset,
        begunMs: undefined,
        wastedBytes: 0,
      };
      neighbour.requests.set(index, request);
      this.#owing.put(neighbour.slot, true);
      neighbour.send(offset > 0 ? { type: 'request', index, offset } : { type: 'request', index }, nowMs);
    });
  }

  #measure(neighbour: Neighbour, request: OpenRequest, part: ChunkPart, nowMs: number): void {
    if (part.offset === request.offset && neighbour.lastProgressMs <= request.sentMs) {
      const tookMs = nowMs - request.sentMs;
      neighbour.roundTripMs = Math.min(neighbour.roundTripMs ?? Infinity, tookMs);
    }
    const gapMs = nowMs - neighbour.lastProgressMs;
    neighbour.patience.heard(gapMs);
    neighbour.isAmidChunk = part.offset + part.body.byteLength < part.chunkBytes;
    neighbour.silent = false;
    neighbour.pace.add(part.body.byteLength, gapMs);
    this.#neighbours.usualPace.add(part.body.byteLength, gapMs);
    neighbour.lastProgressMs = nowMs;
    neighbour.received.add(part.body.byteLength, nowMs);
  }

  /** Returns whether the store could do it; a disk that cannot ends the request, not the peer. */
  #store(action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#storeRetryMs = this.#context.clock.now() + STORE_RETRY_MS;
      this.#context.tell({ type: 'node-failed', code: error.code, detail: error.message });
      return false;
    }
  }

  /** Takes a request back; it stays open until the neighbour has answered. */
  #cancel(neighbour: Neighbour, request: OpenRequest, reason: DiscardReason): void {
    neighbour.send({ type: 'cancel', index: request.index }, this.#context.clock.now());
    this.#leave(request, reason);
  }

  /** What has come of the chunk is kept for others as long as it may be of use; `reason`: why, if it is not. */
  #leave({ download }: OpenRequest, reason: DiscardReason): void {
    if (download.over) return;
    download.leave();
    this.#drafts.left(download.draft, reason);
  }

  /** The neighbour has answered for good. */
  #close(neighbour: Neighbour, request: OpenRequest): void {
    neighbour.requests.delete(request.index);
    if (request.wastedBytes === 0) return;
    const reason = request.download.over ? 'cancelled' : 'duplicate';
    this.#context.tell({
      type: 'chunk-discarded',
      index: request.index,
      from: neighbour.address,
      bytes: request.wastedBytes,
      reason,
    });
  }
}
