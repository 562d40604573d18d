import type { ChunkInfo } from '../interfaces.ts';
import { WAITING_PER_CHUNK_MAX } from './limits.ts';

/**
 * What became of a claim: it is what was agreed on; it is not, and is kept; it waits for others who say the same; or
 * it is the one that brought the agreement about, together with `winners` (itself among them).
 */
export type ClaimOutcome<Claimant> =
  | { readonly kind: 'agrees' | 'differs' | 'waits' }
  | { readonly kind: 'decides'; readonly winners: readonly Claimant[] };

interface WaitingClaim<Claimant> {
  readonly claimant: Claimant;
  readonly hash: string;
  /** Unknown from spec clients, which do not tell it. */
  readonly bytes: number | undefined;
  /** Made after every claim of what is agreed on. */
  isNewer: boolean;
}

/**
 * How a swarm comes to agree on one chunk's content: by the first hash that enough different holders claim. It stands
 * whoever leaves, until `reconsider` finds enough who claim another. Claims of a size must agree in the size too; a
 * claim without one agrees with any.
 */
export class Agreement<Claimant> {
  #hash: string | undefined;
  #bytes: number | undefined;
  /** Of something else than what is agreed on, oldest first. */
  #waiting: WaitingClaim<Claimant>[] = [];

  get hash(): string | undefined {
    return this.#hash;
  }

  /** Hash and size; undefined until both are known: the size only from a holder that claims it. */
  get info(): ChunkInfo | undefined {
    if (this.#hash === undefined || this.#bytes === undefined) return undefined;
    return { hash: this.#hash, bytes: this.#bytes };
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** A claimant's newest claim replaces its former one. */
  claim(claimant: Claimant, hash: string, bytes: number | undefined, needed: number): ClaimOutcome<Claimant> {
    this.withdraw(claimant);
    if (hash === this.#hash && (bytes === undefined || (this.#bytes ??= bytes) === bytes)) {
      for (const claim of this.#waiting) claim.isNewer = false;
      return { kind: 'agrees' };
    }
    this.#waiting.push({ claimant, hash, bytes, isNewer: true });
    if (this.#waiting.length > WAITING_PER_CHUNK_MAX) this.#waiting.shift();
    if (this.#hash !== undefined) return { kind: 'differs' };
    const winners = this.#decide(hash, needed, () => true);
    return winners === undefined ? { kind: 'waits' } : { kind: 'decides', winners };
  }

  /**
   * To be called when nobody claims any more what was agreed on. Enough claims of another content take its place, if
   * those who made them are still there or made them since it was last claimed.
   *
   * @returns who made them; undefined: it stands
   */
  reconsider(needed: number, isThere: (claimant: Claimant) => boolean): readonly Claimant[] | undefined {
    const counts = (claim: WaitingClaim<Claimant>): boolean => claim.isNewer || isThere(claim.claimant);
    for (const hash of new Set(this.#waiting.filter(counts).map((claim) => claim.hash))) {
      const winners = this.#decide(hash, needed, counts);
      if (winners !== undefined) return winners;
    }
    return undefined;
  }

  /** Takes back a claim that still waits. */
  withdraw(claimant: Claimant): void {
    const at = this.#waiting.findIndex((other) => other.claimant === claimant);
    if (at !== -1) this.#waiting.splice(at, 1);
  }

  /** Makes this hash the agreed one if enough claim it, with one size where sizes are known. */
  #decide(
    hash: string,
    needed: number,
    counts: (claim: WaitingClaim<Claimant>) => boolean,
  ): readonly Claimant[] | undefined {
    const alike = this.#waiting.filter((claim) => claim.hash === hash && counts(claim));
    const size = alike.at(-1)?.bytes ?? commonest(alike.flatMap((claim) => claim.bytes ?? []));
    const winners = alike.filter((claim) => claim.bytes === undefined || claim.bytes === size);
    if (winners.length < needed) return undefined;
    this.#hash = hash;
    this.#bytes = size;
    const won = new Set(winners);
    this.#waiting = this.#waiting.filter((claim) => !won.has(claim));
    for (const claim of this.#waiting) claim.isNewer = false;
    return winners.map((winner) => winner.claimant);
  }
}

/** The value that occurs most often, the first of them where several do. */
function commonest(values: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  let best: number | undefined;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (best === undefined || count > counts.get(best)!) best = value;
  }
  return best;
}
