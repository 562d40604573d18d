import { LocalProtocolError } from './errors.ts';

/**
 * A set of chunk indices 1 to `totalChunks`, kept as the bits of BEP 3's bitfield, 32 of them a word: sets of neighbours
 * are compared for nearly every message.
 */
export class ChunkSet {
  readonly totalChunks: number;
  /** Chunk 1 is the most significant bit of the first. */
  readonly #words: Int32Array;
  #size = 0;

  constructor(totalChunks: number) {
    this.totalChunks = totalChunks;
    this.#words = new Int32Array(Math.ceil(totalChunks / 32));
  }

  /** Reads a bitfield of the protocol; returns undefined when its length or its spare bits are wrong. */
  static fromBits(bits: Uint8Array, totalChunks: number): ChunkSet | undefined {
    if (bits.length !== bitfieldBytes(totalChunks)) return undefined;
    const spareBits = bits.length * 8 - totalChunks;
    if (spareBits > 0 && (bits[bits.length - 1]! & ((1 << spareBits) - 1)) !== 0) return undefined;
    const set = new ChunkSet(totalChunks);
    for (let at = 0; at < bits.length; at++) {
      set.#words[at >> 2]! |= bits[at]! << (24 - 8 * (at & 3));
      set.#size += ONES[bits[at]!]!;
    }
    return set;
  }

  get size(): number {
    return this.#size;
  }

  get complete(): boolean {
    return this.#size === this.totalChunks;
  }

  has(index: number): boolean {
    return index >= 1 && (this.#words[(index - 1) >> 5]! & bitOf(index)) !== 0;
  }

  /** Returns whether the chunk is new. @throws {LocalProtocolError} index outside 1 to totalChunks */
  add(index: number): boolean {
    if (!(index >= 1 && index <= this.totalChunks)) {
      throw new LocalProtocolError(`chunk ${index} outside 1 to ${this.totalChunks}`);
    }
    if (this.has(index)) return false;
    this.#words[(index - 1) >> 5]! |= bitOf(index);
    this.#size++;
    return true;
  }

  /** Returns whether the chunk was there. */
  delete(index: number): boolean {
    if (!(index >= 1 && index <= this.totalChunks) || !this.has(index)) return false;
    this.#words[(index - 1) >> 5]! &= ~bitOf(index);
    this.#size--;
    return true;
  }

  /** A copy, as it goes on the wire. */
  toBits(): Uint8Array {
    const bits = new Uint8Array(bitfieldBytes(this.totalChunks));
    for (let at = 0; at < bits.length; at++) bits[at] = this.#words[at >> 2]! >>> (24 - 8 * (at & 3));
    return bits;
  }

  /** In ascending order; what changes meanwhile is not seen. */
  [Symbol.iterator](): IterableIterator<number> {
    return this.indices().values();
  }

  /** In ascending order. */
  missing(): number[] {
    const result: number[] = [];
    for (let index = 1; index <= this.totalChunks; index++) if (!this.has(index)) result.push(index);
    return result;
  }

  /** What this set has and neither of the others does, in ascending order. */
  beyond(first: ChunkSet, second: ChunkSet = first): number[] {
    const result: number[] = [];
    for (let at = 0; at < this.#words.length; at++) {
      collect(this.#words[at]! & ~first.#words[at]! & ~second.#words[at]!, at, result);
    }
    return result;
  }

  /** In ascending order. */
  indices(): number[] {
    const result: number[] = [];
    for (let at = 0; at < this.#words.length; at++) collect(this.#words[at]!, at, result);
    return result;
  }

  /** Whether the other set has a chunk that this one lacks. */
  lacksSomeOf(other: ChunkSet): boolean {
    for (let at = 0; at < this.#words.length; at++)
      if ((other.#words[at]! & ~this.#words[at]!) !== 0) return true;
    return false;
  }
}

/** The bit of a chunk in its word. */
function bitOf(index: number): number {
  return 0x80000000 >>> ((index - 1) & 31);
}

/** Adds the chunks of one word. */
function collect(word: number, at: number, chunks: number[]): void {
  for (let left = word; left !== 0;) {
    const bit = Math.clz32(left);
    chunks.push(32 * at + bit + 1);
    left &= ~(0x80000000 >>> bit);
  }
}

export function bitfieldBytes(totalChunks: number): number {
  return Math.ceil(totalChunks / 8);
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);
