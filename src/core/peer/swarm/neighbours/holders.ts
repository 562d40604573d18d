import { wordsFor } from './slot-set.ts';

/** Which neighbours hold a chunk, by their slots. */
export class Holders {
  /** Words that one chunk takes. */
  readonly #width: number;
  readonly #words: Uint32Array;

  /** @param slots how many neighbours there may be */
  constructor(totalChunks: number, slots: number) {
    this.#width = wordsFor(slots);
    this.#words = new Uint32Array(this.#width * (totalChunks + 1));
  }

  put(index: number, slot: number, holds: boolean): void {
    const at = index * this.#width + (slot >>> 5);
    if (holds) this.#words[at]! |= 1 << (slot & 31);
    else this.#words[at]! &= ~(1 << (slot & 31));
  }

  /** Slots 32 × `at` and on, as bits. */
  word(index: number, at: number): number {
    return this.#words[index * this.#width + at]!;
  }
}
