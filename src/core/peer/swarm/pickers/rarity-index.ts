/**
 * Chunks that may be requested, in buckets by how many neighbours hold them. Every change costs O(1), so that a
 * pick costs about as much as looking at the rarest bucket, with 10,000 chunks too.
 */
export class RarityIndex {
  readonly totalChunks: number;
  readonly #copies: Uint32Array;
  /** Position in its bucket, or -1 when the chunk may not be picked. */
  readonly #position: Int32Array;
  readonly #buckets: number[][] = [];
  #size = 0;

  constructor(totalChunks: number) {
    this.totalChunks = totalChunks;
    this.#copies = new Uint32Array(totalChunks + 1);
    this.#position = new Int32Array(totalChunks + 1).fill(-1);
  }

  /** Number of chunks that may be picked. */
  get size(): number {
    return this.#size;
  }

  /** [n] are the pickable chunks with n copies, in no particular order. */
  get buckets(): readonly (readonly number[])[] {
    return this.#buckets;
  }

  copies(index: number): number {
    return this.#copies[index]!;
  }

  isPickable(index: number): boolean {
    return this.#position[index] !== -1;
  }

  setPickable(index: number, pickable: boolean): void {
    if (pickable === this.isPickable(index)) return;
    if (pickable) this.#insert(index);
    else this.#remove(index);
  }

  /** A neighbour came to hold the chunk (+1), or one that held it is gone (-1). */
  changeCopies(index: number, by: 1 | -1): void {
    const pickable = this.isPickable(index);
    if (pickable) this.#remove(index);
    this.#copies[index]! += by;
    if (pickable) this.#insert(index);
  }

  #insert(index: number): void {
    const copies = this.#copies[index]!;
    while (this.#buckets.length <= copies) this.#buckets.push([]);
    const bucket = this.#buckets[copies]!;
    this.#position[index] = bucket.length;
    bucket.push(index);
    this.#size++;
  }

  #remove(index: number): void {
    const bucket = this.#buckets[this.#copies[index]!]!;
    const last = bucket.pop()!;
    if (last !== index) {
      const position = this.#position[index]!;
      bucket[position] = last;
      this.#position[last] = position;
    }
    this.#position[index] = -1;
    this.#size--;
  }
}
