import { addressKey } from '../../address.ts';
import type { DiscardReason } from '../../events.ts';
import type { Draft } from '../draft.ts';
import type { Ledger } from '../ledger.ts';
import type { Neighbour } from './neighbour.ts';

/** Drafts that nobody brings now: each keeps a file open. When there are more, the smallest is forgotten. */
const IDLE_MAX = 16;

/**
 * What is here of chunks that are not whole, one draft a chunk: when its sender is lost, or slow, others go on from
 * there. Where several have sent a chunk that proves wrong, nobody can tell who spoilt it, and nobody is blamed: the
 * chunk is then fetched whole from one, and what those sent is not joined with anything of others any more.
 */
export class Drafts {
  readonly #ledger: Ledger;
  readonly #byChunk = new Map<number, Draft>();
  /** Those of them that nobody brings now. */
  readonly #idle = new Set<Draft>();
  readonly #spoilt = new Set<number>();
  /** Keys of addresses: who may have sent wrong content. */
  readonly #suspects = new Set<string>();
  readonly #isBanned: (sender: string) => boolean;

  /** `isBanned`: whether the address of this key has sent wrong content for certain. */
  constructor(ledger: Ledger, isBanned: (sender: string) => boolean) {
    this.#ledger = ledger;
    this.#isBanned = isBanned;
  }

  /** What this neighbour can go on with; undefined: it has to send the whole. */
  restFor(neighbour: Neighbour, index: number): Draft | undefined {
    const draft = this.#byChunk.get(index);
    if (draft === undefined || draft.bytes === 0 || !neighbour.resumes) return undefined;
    const agreed = this.#ledger.agreed(index);
    if (agreed === undefined || agreed.hash !== draft.hash || draft.bytes >= agreed.bytes) return undefined;
    if (this.#isDistrusted(draft)) return undefined;
    return this.#mayJoin(draft, addressKey(neighbour.address)) ? draft : undefined;
  }

  /** The chunk with the largest idle draft that this neighbour can go on with, as far as it may be requested. */
  choose(neighbour: Neighbour): number | undefined {
    let best: Draft | undefined;
    for (const draft of this.#idle) {
      const { index, bytes } = draft;
      if (bytes <= (best?.bytes ?? 0) || !neighbour.theirs.has(index)) continue;
      if (this.#ledger.isOnItsWay(index) || this.restFor(neighbour, index) !== draft) continue;
      best = draft;
    }
    return best?.index;
  }

  /** A download brings the draft; the first of a chunk is the one that others may go on with. */
  began(draft: Draft): void {
    this.#idle.delete(draft);
    const known = this.#byChunk.get(draft.index);
    // The swarm has agreed on another content since.
    if (known !== undefined && known.hash !== draft.hash && known.users === 0) this.forget(known, 'failed');
    if (!this.#byChunk.has(draft.index)) this.#byChunk.set(draft.index, draft);
  }

  /** A download has left the draft. If nobody brings it, it is kept as long as it is the best of its chunk. */
  left(draft: Draft, reason: DiscardReason): void {
    if (draft.over || draft.users > 0) return;
    const other = this.#byChunk.get(draft.index);
    const isOfUse = draft.bytes > 0 && this.#ledger.needs(draft.index);
    if (!isOfUse || this.#isDistrusted(draft)) return this.forget(draft, reason);
    if (other !== undefined && other !== draft) {
      if (other.bytes >= draft.bytes) return this.forget(draft, reason);
      if (other.users === 0) this.forget(other, reason);
    }
    this.#byChunk.set(draft.index, draft);
    this.#idle.add(draft);
    this.#forgetSmallest();
  }

  /** The chunk was made of the draft, or is held in another way. */
  held(index: number): void {
    const draft = this.#byChunk.get(index);
    if (draft !== undefined) this.forget(draft, 'cancelled');
  }

  /** The draft proved wrong. Returns whether it is certain who spoilt it: who sent all of it. */
  provedWrong(draft: Draft): boolean {
    if (this.#byChunk.get(draft.index) === draft) this.#byChunk.delete(draft.index);
    if (draft.senders.length <= 1) return true;
    this.#spoilt.add(draft.index);
    for (const sender of draft.senders) this.#suspects.add(sender);
    return false;
  }

  /** Somebody has been banned: nobody goes on with anything of it. */
  forgetDistrusted(): void {
    for (const draft of [...this.#idle]) if (this.#isDistrusted(draft)) this.forget(draft, 'failed');
  }

  forget(draft: Draft, reason: DiscardReason): void {
    if (this.#byChunk.get(draft.index) === draft) this.#byChunk.delete(draft.index);
    this.#idle.delete(draft);
    this.#ledger.discard(draft, reason);
  }

  stop(): void {
    for (const draft of [...this.#byChunk.values()]) this.forget(draft, 'failed');
  }

  #isDistrusted({ senders }: Draft): boolean {
    return senders.some(this.#isBanned);
  }

  #mayJoin({ index, senders }: Draft, sender: string): boolean {
    if (senders.every((other) => other === sender)) return true;
    if (this.#spoilt.has(index)) return false;
    return ![sender, ...senders].some((key) => this.#suspects.has(key));
  }

  #forgetSmallest(): void {
    if (this.#idle.size <= IDLE_MAX) return;
    const smallest = [...this.#idle].reduce((least, draft) => (draft.bytes < least.bytes ? draft : least));
    this.forget(smallest, 'failed');
  }
}
