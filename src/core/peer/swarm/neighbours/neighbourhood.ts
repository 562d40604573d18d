import type { Neighbour } from './neighbour.ts';
import { Pace } from './pace.ts';
import { bitsIn, SlotSet } from './slot-set.ts';

/**
 * The neighbours of one peer. Each has a slot, a small number, for as long as it is here, and what is to be known of
 * all of them at once is kept as bits by slot: with some dozens of neighbours for each of thousands of peers, a walk
 * over all for each message would be a walk through all of the memory.
 */
export class Neighbourhood {
  /** How many there may be. */
  readonly slots: number;
  readonly present: SlotSet;
  readonly standing: Standing;
  /** Of all neighbours that there have been. */
  readonly usualPace = new Pace();
  readonly #byId = new Map<number, Neighbour>();
  readonly #bySlot: (Neighbour | undefined)[];
  readonly #free: number[];

  constructor(slots: number) {
    this.slots = slots;
    this.present = new SlotSet(slots);
    this.standing = new Standing(slots);
    this.#bySlot = Array.from({ length: slots }, () => undefined);
    this.#free = Array.from({ length: slots }, (_, at) => slots - 1 - at);
  }

  get size(): number {
    return this.#byId.size;
  }

  /** In the order in which they came. */
  values(): IterableIterator<Neighbour> {
    return this.#byId.values();
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  get(id: number): Neighbour | undefined {
    return this.#byId.get(id);
  }

  /** A slot for somebody who is to be added at once. There must be a free one: see `size` and `slots`. */
  takeSlot(): number {
    return this.#free.pop()!;
  }

  add(neighbour: Neighbour): void {
    this.#byId.set(neighbour.id, neighbour);
    this.#bySlot[neighbour.slot] = neighbour;
    this.present.put(neighbour.slot, true);
    this.standing.came(neighbour.slot);
  }

  /** From now on it is not found here; its slot is kept for it until `vacate`. Returns whether it was here. */
  remove({ id, slot }: Neighbour): boolean {
    if (!this.#byId.delete(id)) return false;
    this.present.put(slot, false);
    return true;
  }

  /** Its slot is somebody else's from now on. */
  vacate(neighbour: Neighbour): void {
    neighbour.gone = true;
    this.#bySlot[neighbour.slot] = undefined;
    this.#free.push(neighbour.slot);
  }

  /** How many of those who are here are in the set. */
  countIn({ words }: SlotSet): number {
    let count = 0;
    for (let at = 0; at < words.length; at++) count += bitsIn(this.present.words[at]! & words[at]!);
    return count;
  }

  /**
   * Those who are here and whose bits are set, in the order in which they came.
   *
   * @param word the bits of slots 32 × `at` and on
   */
  where(word: (at: number) => number): Neighbour[] {
    const found: Neighbour[] = [];
    for (let at = 0; at < this.present.words.length; at++) {
      for (let left = this.present.words[at]! & word(at); left !== 0; left &= left - 1) {
        found.push(this.#bySlot[32 * at + 31 - Math.clz32(left & -left)]!);
      }
    }
    inOrderOfId(found);
    return found;
  }

  /** The smallest number that those who are here, and whose bits are set, have; Infinity: there is nobody. */
  least(word: (at: number) => number, numberOf: (neighbour: Neighbour) => number): number {
    let least = Infinity;
    for (let at = 0; at < this.present.words.length; at++) {
      for (let left = this.present.words[at]! & word(at); left !== 0; left &= left - 1) {
        least = Math.min(least, numberOf(this.#bySlot[32 * at + 31 - Math.clz32(left & -left)]!));
      }
    }
    return least;
  }

  /** Whether somebody who is here, and whose bit is set, is as asked. Looks at them in no order, until one is. */
  some(word: (at: number) => number, isAsAsked: (neighbour: Neighbour) => boolean): boolean {
    for (let at = 0; at < this.present.words.length; at++) {
      for (let left = this.present.words[at]! & word(at); left !== 0; left &= left - 1) {
        if (isAsAsked(this.#bySlot[32 * at + 31 - Math.clz32(left & -left)]!)) return true;
      }
    }
    return false;
  }
}

/** By insertion: most are in order, since slots are given in order and few are given again. */
function inOrderOfId(neighbours: Neighbour[]): void {
  for (let at = 1; at < neighbours.length; at++) {
    const neighbour = neighbours[at]!;
    let hole = at;
    for (; hole > 0 && neighbours[hole - 1]!.id > neighbour.id; hole--)
      neighbours[hole] = neighbours[hole - 1]!;
    neighbours[hole] = neighbour;
  }
}

/** How each side stands to the other, by slot; of slots where somebody is. */
export class Standing {
  /** We choke them. */
  readonly choked: SlotSet;
  /** They do not choke us. */
  readonly serving: SlotSet;
  /** They are interested, or presumed to be. */
  readonly interested: SlotSet;
  /** They hide what they hold: see `Neighbour.wantsNothing`. */
  readonly hiding: SlotSet;
  readonly #sets: readonly SlotSet[];

  constructor(slots: number) {
    this.choked = new SlotSet(slots);
    this.serving = new SlotSet(slots);
    this.interested = new SlotSet(slots);
    this.hiding = new SlotSet(slots);
    this.#sets = [this.serving, this.interested, this.hiding];
  }

  came(slot: number): void {
    this.choked.put(slot, true);
    for (const set of this.#sets) set.put(slot, false);
  }
}
