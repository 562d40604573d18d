import type { Neighbour } from '../neighbours/neighbour.ts';

type Receiver = Pick<Neighbour, 'theirs' | 'untold'>;

/**
 * Chunks that neighbours are being sent, or have been, and have not told yet that they hold: a neighbour that chokes us
 * tells seconds later. Without these a chunk that has just been sent to several would still seem to be the rarest.
 */
export class UntoldCopies {
  /** How many neighbours have chunk i; no entry: none. */
  readonly #counts = new Map<number, number>();

  count(index: number): number {
    return this.#counts.get(index) ?? 0;
  }

  /** It is being sent the chunk. Nothing changes if it has been before. */
  sent(neighbour: Receiver, index: number): void {
    if (neighbour.theirs.has(index)) return;
    if (neighbour.untold.has(index)) return;
    neighbour.untold.add(index);
    this.#counts.set(index, this.count(index) + 1);
  }

  /** It has told that it holds the chunk. */
  told(neighbour: Receiver, index: number): void {
    if (neighbour.untold.size > 0 && neighbour.untold.delete(index)) this.#drop(index);
  }

  left(neighbour: Receiver): void {
    for (const index of neighbour.untold) this.#drop(index);
    neighbour.untold.clear();
  }

  #drop(index: number): void {
    const count = this.count(index) - 1;
    if (count === 0) this.#counts.delete(index);
    else this.#counts.set(index, count);
  }
}
