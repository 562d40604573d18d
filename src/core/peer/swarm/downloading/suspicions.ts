import { ADDRESSES_MAX, BoundedMap } from '../../../bounded-map.ts';

/**
 * Chunks that proved wrong although several had sent them, and who may have spoilt them. When another content of such
 * a chunk comes to be agreed on, nobody is suspected on its account any more.
 */
export class Suspicions {
  /** Which content each of them should have been, SHA-1. */
  readonly #spoilt = new Map<number, string>();
  /** By the key of an address: chunks of which it has sent some. */
  readonly #suspects = new BoundedMap<string, Set<number>>(ADDRESSES_MAX);

  /** `hash`: what the chunk should have been; `senders`: keys of addresses. */
  add(index: number, hash: string, senders: readonly string[]): void {
    this.#spoilt.set(index, hash);
    for (const key of senders) this.#suspects.set(key, (this.#suspects.get(key) ?? new Set()).add(index));
  }

  /** Nobody could tell who spoilt this chunk. */
  isSpoilt(index: number): boolean {
    return this.#spoilt.has(index);
  }

  isSuspect(key: string): boolean {
    return this.#suspects.has(key);
  }

  /** This is what is agreed on now. */
  review(index: number, hash: string): void {
    const former = this.#spoilt.get(index);
    if (former === undefined || former === hash) return;
    this.#spoilt.delete(index);
    for (const [key, indices] of this.#suspects) {
      if (indices.delete(index) && indices.size === 0) this.#suspects.delete(key);
    }
  }
}
