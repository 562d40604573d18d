/** What the heap orders: by time, and at the same time by when it was set. */
export interface Timed {
  readonly at: number;
  readonly sequence: number;
}

/**
 * A binary heap by (at, sequence), the first on top. Times and sequences lie in arrays of their own beside the items:
 * thousands of timers wait at a time, and to compare two should not mean to fetch both from all over the memory.
 */
export class TimerHeap<T extends Timed> {
  #items: T[] = [];
  #times = new Float64Array(1024);
  #sequences = new Float64Array(1024);

  get length(): number {
    return this.#items.length;
  }

  /** The first; undefined: there is none. */
  get first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const hole = this.#items.length;
    this.#items.push(item);
    if (hole === this.#times.length) this.#grow();
    this.#rise(hole, item);
  }

  /** Takes the first out; undefined: there is none. */
  pop(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) this.#sink(0, last);
    return first;
  }

  /** Keeps only those that are as asked. Returns how many are gone. */
  keep(isKept: (item: T) => boolean): number {
    const all = this.#items;
    this.#items = [];
    for (const item of all) if (isKept(item)) this.push(item);
    return all.length - this.#items.length;
  }

  #rise(from: number, item: T): void {
    const { at, sequence } = item;
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (this.#isBefore(parent, at, sequence)) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#put(hole, item, at, sequence);
  }

  #sink(from: number, item: T): void {
    const { at, sequence } = item;
    const count = this.#items.length;
    let hole = from;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= count) break;
      const next = child + 1;
      if (next < count && this.#isBefore(next, this.#times[child]!, this.#sequences[child]!)) child = next;
      if (!this.#isBefore(child, at, sequence)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#put(hole, item, at, sequence);
  }

  #isBefore(place: number, at: number, sequence: number): boolean {
    const time = this.#times[place]!;
    return time < at || (time === at && this.#sequences[place]! < sequence);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#items[from]!, this.#times[from]!, this.#sequences[from]!);
  }

  #put(place: number, item: T, at: number, sequence: number): void {
    this.#items[place] = item;
    this.#times[place] = at;
    this.#sequences[place] = sequence;
  }

  #grow(): void {
    const [times, sequences] = [this.#times, this.#sequences];
    this.#times = new Float64Array(2 * times.length);
    this.#times.set(times);
    this.#sequences = new Float64Array(2 * sequences.length);
    this.#sequences.set(sequences);
  }
}
