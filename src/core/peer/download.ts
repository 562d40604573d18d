import type { DiscardReason } from '../events.ts';
import type { Address, Body, ChunkInfo } from '../interfaces.ts';
import type { ProtocolName } from '../protocol/messages.ts';
import type { Draft } from './draft.ts';

/** `outdated`: a content, or another one, was agreed on since it began, so that nothing is said of who sent it. */
export type Finish = 'held' | 'corrupt' | 'outdated';

/** What downloads ask and tell the ledger: the same of all, since there is one for each chunk of each peer. */
export interface DownloadOutcome {
  /** By now; undefined: nothing is. */
  agreed(index: number): ChunkInfo | undefined;
  requested(download: Download): void;
  /** Once. */
  left(download: Download): void;
  /** The draft is in the store; after `left`. */
  held(download: Download): void;
  /** The draft is given up; after `left`. */
  discard(draft: Draft, reason: DiscardReason): void;
}

/** One attempt to receive a chunk, or the rest of it, from one remote. Ends once, by `finish`, `leave` or `drop`. */
export class Download {
  readonly draft: Draft;
  readonly from: Address;
  readonly protocol: ProtocolName;
  readonly sinceMs: number;
  readonly #outcome: DownloadOutcome;
  #over = false;

  constructor(
    draft: Draft,
    about: { readonly from: Address; readonly protocol: ProtocolName; readonly sinceMs: number },
    outcome: DownloadOutcome,
  ) {
    this.draft = draft;
    this.from = about.from;
    this.protocol = about.protocol;
    this.sinceMs = about.sinceMs;
    this.#outcome = outcome;
  }

  get index(): number {
    return this.draft.index;
  }

  /** The request has left. */
  requested(): void {
    this.#outcome.requested(this);
  }

  /** What is here of the chunk, whoever sent it. */
  get receivedBytes(): number {
    return this.draft.bytes;
  }

  /** What is here is all of what the swarm agreed on. */
  isWhole(): boolean {
    return !this.#over && this.draft.agrees();
  }

  /** Another content was agreed on since it began. */
  get isOutdated(): boolean {
    return this.draft.isOutdated(this.#outcome.agreed(this.index));
  }

  get over(): boolean {
    return this.#over;
  }

  /**
   * `offset`: where in the chunk the body belongs; default: behind what is here. Returns how many bytes were new.
   * @throws {StoreError} the store cannot keep it; the download is then to be dropped.
   */
  write(body: Body, offset = this.draft.bytes): number {
    return this.draft.write(this.from, body, offset);
  }

  /**
   * All bytes are here. Returns whether they are the chunk; a bad one is discarded and reported as corrupt.
   * Undefined: it was over already.
   * @throws {StoreError} the store cannot keep it; the download is over all the same.
   */
  finish(): Finish | undefined {
    if (this.#over) return undefined;
    if (this.isOutdated) {
      this.drop('failed');
      return 'outdated';
    }
    let isRight: boolean;
    try {
      isRight = this.draft.commit(this.#outcome.agreed(this.index)) !== undefined;
    } catch (error) {
      this.drop('failed');
      throw error;
    }
    this.leave();
    if (isRight) {
      this.#outcome.held(this);
      return 'held';
    }
    // A sender that was asked before anything was agreed may have been right by what it knew.
    const isCertain = this.draft.hash !== undefined;
    this.#outcome.discard(this.draft, isCertain ? 'corrupt' : 'failed');
    return isCertain ? 'corrupt' : 'outdated';
  }

  /** Ends; what has come stays in the draft, for others to go on with. Idempotent. */
  leave(): void {
    if (this.#over) return;
    this.#over = true;
    this.#outcome.left(this);
  }

  /** Gives it up; what was received is forgotten. Idempotent. */
  drop(reason: DiscardReason): void {
    if (this.#over) return;
    this.leave();
    this.#outcome.discard(this.draft, reason);
  }
}
