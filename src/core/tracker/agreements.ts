import type { ChunkClaim } from '../protocol/messages.ts';
import { Agreement } from './agreement.ts';
import { AGREEMENTS_MAX, REVIEWED_MAX, WAITING_MAX } from './limits.ts';

/** Nobody claimed any more what was agreed on, and enough claim another content. */
export interface ContentChange {
  readonly index: number;
  readonly formerHash: string;
  readonly hash: string;
}

/** What the agreements have to know of those who claim. */
export interface Claimants<Claimant> {
  /** Whether anybody who takes part at present claims this content. */
  isClaimed(index: number, hash: string): boolean;
  /** Whether the claimant takes part at present, by what it said of this chunk. */
  isThere(claimant: Claimant, index: number): boolean;
  /** Its claim is what is agreed on now, or is not any more or not yet. */
  onClaim(claimant: Claimant, index: number, agrees: boolean): void;
  onContentChange(change: ContentChange): void;
}

interface Entry<Claimant> {
  readonly agreement: Agreement<Claimant>;
  /** Where its content stands among those to be told; undefined: it is not told. */
  toldAt: number | undefined;
}

/**
 * What a swarm agrees on, chunk by chunk. An agreement that nobody who is there claims any more is in question as
 * soon as somebody claims another content: it is not told to swarm peers meanwhile, and gives way to one that enough
 * claim.
 */
export class Agreements<Claimant> {
  readonly #needed: number;
  readonly #claimants: Claimants<Claimant>;
  readonly #entries = new Map<number, Entry<Claimant>>();
  /** In the order of agreement; undefined where it is in question, or another content was agreed on later. */
  readonly #told: (ChunkClaim | undefined)[] = [];
  /** Chunks that are agreed on and of which somebody claims another content. */
  readonly #contested = new Set<number>();
  #waiting = 0;

  constructor(needed: number, claimants: Claimants<Claimant>) {
    this.#needed = needed;
    this.#claimants = claimants;
  }

  hash(index: number): string | undefined {
    return this.#entries.get(index)?.agreement.hash;
  }

  /** Where `from` ends: it grows with each agreement that includes a size. */
  get end(): number {
    return this.#told.length;
  }

  /** What is agreed on, from the given position on, at most `count`; and where to go on. */
  from(position: number, count: number): { readonly claims: ChunkClaim[]; readonly next: number } {
    const claims: ChunkClaim[] = [];
    let next = position;
    for (; next < this.#told.length && claims.length < count; next++) {
      const claim = this.#told[next];
      if (claim !== undefined) claims.push(claim);
    }
    return { claims, next };
  }

  clear(): void {
    this.#entries.clear();
    this.#contested.clear();
    this.#told.length = 0;
    this.#waiting = 0;
  }

  /** Its newest claim of a chunk replaces its former one. Ignored when too many wait. */
  claim(claimant: Claimant, index: number, hash: string, bytes: number | undefined): void {
    const entry = this.#entry(index);
    const { agreement } = entry;
    if (agreement.hash !== hash && this.#waiting >= WAITING_MAX) return;
    const before = agreement.waiting;
    const outcome = agreement.claim(claimant, hash, bytes, this.#needed);
    this.#waiting += agreement.waiting - before;
    const agreeing = outcome.kind === 'decides' ? outcome.winners : [claimant];
    const agrees = outcome.kind === 'agrees' || outcome.kind === 'decides';
    for (const each of agreeing) this.#claimants.onClaim(each, index, agrees);
    if (agrees) this.#tell(index, entry);
    this.#review(index, entry);
  }

  /** Takes back a claim that waits or differs. */
  withdraw(claimant: Claimant, index: number): void {
    const entry = this.#entries.get(index);
    if (entry === undefined) return;
    const before = entry.agreement.waiting;
    entry.agreement.withdraw(claimant);
    this.#waiting += entry.agreement.waiting - before;
    this.#review(index, entry);
  }

  /** Looks at one chunk, in case those who claimed what is agreed on have gone. */
  review(index: number): void {
    const entry = this.#entries.get(index);
    if (entry !== undefined) this.#review(index, entry);
  }

  /** Somebody has gone. Looks at the chunks in question, as many as can be looked at at once. */
  reviewContested(): void {
    let count = 0;
    for (const index of [...this.#contested]) {
      if (++count > REVIEWED_MAX) return;
      this.review(index);
    }
  }

  #review(index: number, entry: Entry<Claimant>): void {
    const { agreement } = entry;
    const formerHash = agreement.hash;
    if (formerHash === undefined || (agreement.waiting === 0 && !this.#contested.has(index))) return;
    if (agreement.waiting === 0) this.#contested.delete(index);
    else this.#contested.add(index);
    if (agreement.waiting === 0 || this.#claimants.isClaimed(index, formerHash)) {
      this.#tell(index, entry);
      return;
    }
    if (this.#told.length >= AGREEMENTS_MAX) return;
    this.#untell(entry);
    const before = agreement.waiting;
    const winners = agreement.reconsider(this.#needed, (claimant) =>
      this.#claimants.isThere(claimant, index),
    );
    this.#waiting += agreement.waiting - before;
    if (winners === undefined) return;
    for (const winner of winners) this.#claimants.onClaim(winner, index, true);
    this.#tell(index, entry);
    const hash = agreement.hash!;
    if (hash !== formerHash) this.#claimants.onContentChange({ index, formerHash, hash });
  }

  #tell(index: number, entry: Entry<Claimant>): void {
    const { info } = entry.agreement;
    if (info === undefined || entry.toldAt !== undefined) return;
    entry.toldAt = this.#told.push({ index, ...info }) - 1;
  }

  #untell(entry: Entry<Claimant>): void {
    if (entry.toldAt === undefined) return;
    this.#told[entry.toldAt] = undefined;
    entry.toldAt = undefined;
  }

  #entry(index: number): Entry<Claimant> {
    let entry = this.#entries.get(index);
    if (entry === undefined) {
      entry = { agreement: new Agreement(), toldAt: undefined };
      this.#entries.set(index, entry);
    }
    return entry;
  }
}
