/**
 * A set of slots, small numbers from 0, as bits: it costs a word for 32 of them, so that what holds for a few dozen
 * neighbours is known without a look at each.
 */
export class SlotSet {
  /** Bit `slot % 32` of word `slot / 32`. */
  readonly words: Uint32Array;

  /** @param slots how many there are */
  constructor(slots: number) {
    this.words = new Uint32Array(wordsFor(slots));
  }

  has(slot: number): boolean {
    return (this.words[slot >>> 5]! & (1 << (slot & 31))) !== 0;
  }

  put(slot: number, isIn: boolean): void {
    if (isIn) this.words[slot >>> 5]! |= 1 << (slot & 31);
    else this.words[slot >>> 5]! &= ~(1 << (slot & 31));
  }
}

/** How many words so many slots take. */
export function wordsFor(slots: number): number {
  return Math.max(1, Math.ceil(slots / 32));
}

/** How many bits of a word are set. */
export function bitsIn(word: number): number {
  let left = word - ((word >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return (((left + (left >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
