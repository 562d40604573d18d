import type { ChunkInfo } from '../interfaces.ts';
import { WAITING_PER_CHUNK_MAX } from './limits.ts';

/**
 * What became of a claim: it is what was agreed on; it is not; it waits for others who say the same; or it is the
 * one that brought the agreement about, together with `winners` (itself among them).
 */
export type ClaimOutcome<Claimant> =
  | { readonly kind: 'agrees' | 'differs' | 'waits' }
  | { readonly kind: 'decides'; readonly winners: readonly Claimant[] };

interface WaitingClaim<Claimant> {
  readonly claimant: Claimant;
  readonly hash: string;
  /** Unknown from spec clients, which do not tell it. */
  readonly bytes: number | undefined;
}

/**
 * How a swarm comes to agree on one chunk's content: by the first hash that enough different holders claim. It stands
 * from then on, whoever leaves. Claims of a size must agree in the size too; a claim without one agrees with any.
 */
export class Agreement<Claimant> {
  #hash: string | undefined;
  #bytes: number | undefined;
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
    if (this.#hash !== undefined) {
      if (hash !== this.#hash) return { kind: 'differs' };
      this.#bytes ??= bytes;
      return { kind: bytes === undefined || bytes === this.#bytes ? 'agrees' : 'differs' };
    }
    if (needed <= 1) {
      this.#hash = hash;
      this.#bytes = bytes;
      return { kind: 'decides', winners: [claimant] };
    }
    this.withdraw(claimant);
    this.#waiting.push({ claimant, hash, bytes });
    const alike = this.#waiting.filter((other) => other.hash === hash);
    const size = bytes ?? commonest(alike.flatMap((other) => other.bytes ?? []));
    const winners = alike.filter((other) => other.bytes === undefined || other.bytes === size);
    if (winners.length < needed) {
      if (this.#waiting.length > WAITING_PER_CHUNK_MAX) this.#waiting.shift();
      return { kind: 'waits' };
    }
    this.#hash = hash;
    this.#bytes = size;
    this.#waiting = [];
    return { kind: 'decides', winners: winners.map((winner) => winner.claimant) };
  }

  /** Takes back a claim that still waits. */
  withdraw(claimant: Claimant): void {
    const at = this.#waiting.findIndex((other) => other.claimant === claimant);
    if (at !== -1) this.#waiting.splice(at, 1);
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
