import { addressKey } from '../../../address.ts';
import type { DiscardReason } from '../../../events.ts';
import type { Draft } from '../../draft.ts';
import type { Ledger } from '../../ledger.ts';
import type { Neighbour } from '../neighbours/neighbour.ts';
import { Suspicions } from './suspicions.ts';

/** Drafts that nobody brings now: each keeps a file open. When there are more, the one of least use is forgotten. */
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
  readonly #suspicions = new Suspicions();
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
    if (agreed === undefined || draft.isOutdated(agreed) || draft.bytes >= agreed.bytes) return undefined;
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
    if (!this.#byChunk.has(draft.index)) this.#byChunk.set(draft.index, draft);
  }

  /** What the swarm agrees on may have changed: a draft of another content is of no use any more. */
  agreed(index: number): void {
    const agreed = this.#ledger.agreed(index);
    if (agreed === undefined) return;
    this.#suspicions.review(index, agreed.hash);
    const draft = this.#byChunk.get(index);
    if (!draft?.isOutdated(agreed)) return;
    this.#byChunk.delete(index);
    if (draft.users === 0) this.forget(draft, 'failed');
  }

  /** A download has left the draft. If nobody brings it, it is kept as long as it is the best of its chunk. */
  left(draft: Draft, reason: DiscardReason): void {
    if (draft.over || draft.users > 0) return;
    const { index } = draft;
    const other = this.#byChunk.get(index);
    const isOfUse =
      draft.bytes > 0 && this.#ledger.needs(index) && !draft.isOutdated(this.#ledger.agreed(index));
    if (!isOfUse || this.#isDistrusted(draft)) return this.forget(draft, reason);
    if (other !== undefined && other !== draft) {
      if (this.#compareUse(draft, other) <= 0) return this.forget(draft, reason);
      if (other.users === 0) this.forget(other, reason);
    }
    this.#byChunk.set(index, draft);
    this.#idle.add(draft);
    this.#forgetLeast();
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
    // What comes by the swarm protocol always has a hash.
    this.#suspicions.add(draft.index, draft.hash!, draft.senders);
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
    if (this.#suspicions.isSpoilt(index)) return false;
    return ![sender, ...senders].some((key) => this.#suspicions.isSuspect(key));
  }

  /** Above 0: the first is of more use. What a suspect has sent some of is of less than anything else. */
  #compareUse(one: Draft, other: Draft): number {
    const [isDoubtful, isOtherDoubtful] = [one, other].map(({ senders }) =>
      senders.some((key) => this.#suspicions.isSuspect(key)),
    );
    if (isDoubtful !== isOtherDoubtful) return isDoubtful ? -1 : 1;
    return one.bytes - other.bytes;
  }

  #forgetLeast(): void {
    if (this.#idle.size <= IDLE_MAX) return;
    const least = [...this.#idle].reduce((least, draft) =>
      this.#compareUse(draft, least) < 0 ? draft : least,
    );
    this.forget(least, 'failed');
  }
}
