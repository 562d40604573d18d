import { LocalProtocolError } from './errors.ts';

/** A set of chunk indices 1 to `totalChunks`, kept as the bits of BEP 3's bitfield. */
export class ChunkSet {
  readonly totalChunks: number;
  readonly #bits: Uint8Array;
  #size = 0;

  constructor(totalChunks: number) {
    this.totalChunks = totalChunks;
    this.#bits = new Uint8Array(bitfieldBytes(totalChunks));
  }

  /** Reads a bitfield of the protocol; returns undefined when its length or its spare bits are wrong. */
  static fromBits(bits: Uint8Array, totalChunks: number): ChunkSet | undefined {
    if (bits.length !== bitfieldBytes(totalChunks)) return undefined;
    const spareBits = bits.length * 8 - totalChunks;
    if (spareBits > 0 && (bits[bits.length - 1]! & ((1 << spareBits) - 1)) !== 0) return undefined;
    const set = new ChunkSet(totalChunks);
    set.#bits.set(bits);
    for (const byte of bits) set.#size += ONES[byte]!;
    return set;
  }

  get size(): number {
    return this.#size;
  }

  get complete(): boolean {
    return this.#size === this.totalChunks;
  }

  has(index: number): boolean {
    return index >= 1 && (this.#bits[(index - 1) >> 3]! & (0x80 >> ((index - 1) & 7))) !== 0;
  }

  /** Returns whether the chunk is new. @throws {LocalProtocolError} index outside 1 to totalChunks */
  add(index: number): boolean {
    if (!(index >= 1 && index <= this.totalChunks)) {
      throw new LocalProtocolError(`chunk ${index} outside 1 to ${this.totalChunks}`);
    }
    if (this.has(index)) return false;
    this.#bits[(index - 1) >> 3]! |= 0x80 >> ((index - 1) & 7);
    this.#size++;
    return true;
  }

  /** Returns whether the chunk was there. */
  delete(index: number): boolean {
    if (!(index >= 1 && index <= this.totalChunks) || !this.has(index)) return false;
    this.#bits[(index - 1) >> 3]! &= ~(0x80 >> ((index - 1) & 7));
    this.#size--;
    return true;
  }

  /** A copy, as it goes on the wire. */
  toBits(): Uint8Array {
    return this.#bits.slice();
  }

  /** In ascending order; what changes meanwhile is not seen. */
  [Symbol.iterator](): IterableIterator<number> {
    return this.#indices().values();
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
    for (let at = 0; at < this.#bits.length; at++) {
      collect(this.#bits[at]! & ~first.#bits[at]! & ~second.#bits[at]!, at, result);
    }
    return result;
  }

  #indices(): number[] {
    const result: number[] = [];
    for (let at = 0; at < this.#bits.length; at++) collect(this.#bits[at]!, at, result);
    return result;
  }

  /** Whether the other set has a chunk that this one lacks. */
  lacksSomeOf(other: ChunkSet): boolean {
    for (let at = 0; at < this.#bits.length; at++)
      if ((other.#bits[at]! & ~this.#bits[at]!) !== 0) return true;
    return false;
  }
}

/** Adds the chunks of one byte of a bitfield. */
function collect(byte: number, at: number, chunks: number[]): void {
  if (byte === 0) return;
  for (let bit = 0; bit < 8; bit++) if ((byte & (0x80 >> bit)) !== 0) chunks.push(8 * at + bit + 1);
}

export function bitfieldBytes(totalChunks: number): number {
  return Math.ceil(totalChunks / 8);
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);
