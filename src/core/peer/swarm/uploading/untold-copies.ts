import type { Neighbour } from '../neighbours/neighbour.ts';

type Receiver = Pick<Neighbour, 'theirs'>;

/**
 * Chunks that neighbours are being sent, or have been, and have not told yet that they hold: a neighbour that chokes us
 * tells seconds later. Without these a chunk that has just been sent to several would still seem to be the rarest.
 */
export class UntoldCopies {
  readonly #byNeighbour = new Map<Receiver, Set<number>>();
  /** How many of those have chunk i; no entry: none. */
  readonly #counts = new Map<number, number>();

  count(index: number): number {
    return this.#counts.get(index) ?? 0;
  }

  /** It is being sent the chunk. Nothing changes if it has been before. */
  sent(neighbour: Receiver, index: number): void {
    if (neighbour.theirs.has(index)) return;
    let untold = this.#byNeighbour.get(neighbour);
    if (untold === undefined) this.#byNeighbour.set(neighbour, (untold = new Set()));
    if (untold.has(index)) return;
    untold.add(index);
    this.#counts.set(index, this.count(index) + 1);
  }

  /** It has told that it holds the chunk. */
  told(neighbour: Receiver, index: number): void {
    if (this.#byNeighbour.get(neighbour)?.delete(index) === true) this.#drop(index);
  }

  left(neighbour: Receiver): void {
    for (const index of this.#byNeighbour.get(neighbour) ?? []) this.#drop(index);
    this.#byNeighbour.delete(neighbour);
  }

  #drop(index: number): void {
    const count = this.count(index) - 1;
    if (count === 0) this.#counts.delete(index);
    else this.#counts.set(index, count);
  }
}
