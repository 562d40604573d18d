import type { Clock } from '../../../../core/interfaces.ts';

/** Something that comes at a time. */
export interface Arriving {
  arrive(): void;
}

/** Everything that arrives at one time, as one event, in the order in which it was told. */
export class Arrivals {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Arriving[]>();
  #arrived = 0;
  /** Most often the next one comes at the same time: what is told to many leaves at once. */
  #lastMs = NaN;
  #last: Arriving[] = [];

  constructor(components: { readonly clock: Clock }) {
    this.#clock = components.clock;
  }

  /** How many have arrived so far. */
  get arrived(): number {
    return this.#arrived;
  }

  /** `atMs`: now or later; never before this call returns. */
  at(atMs: number, item: Arriving): void {
    const others = atMs === this.#lastMs ? this.#last : this.#waiting.get(atMs);
    if (others !== undefined) {
      others.push(item);
      return;
    }
    this.#lastMs = atMs;
    this.#last = [item];
    this.#waiting.set(atMs, this.#last);
    this.#clock.setTimer(Math.max(0, atMs - this.#clock.now()), () => this.#arrive(atMs));
  }

  #arrive(atMs: number): void {
    const items = this.#waiting.get(atMs)!;
    this.#waiting.delete(atMs);
    if (atMs === this.#lastMs) this.#lastMs = NaN;
    this.#arrived += items.length;
    for (const item of items) item.arrive();
  }
}
