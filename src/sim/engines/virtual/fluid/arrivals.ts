import type { Clock } from '../../../../core/interfaces.ts';

/** Something that comes at a time. */
export interface Arriving {
  arrive(): void;
}

/** Everything that arrives at one time, as one event, in the order in which it was told. */
export class Arrivals {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Arriving[]>();

  constructor(components: { readonly clock: Clock }) {
    this.#clock = components.clock;
  }

  /** `atMs`: now or later; never before this call returns. */
  at(atMs: number, item: Arriving): void {
    const others = this.#waiting.get(atMs);
    if (others !== undefined) {
      others.push(item);
      return;
    }
    this.#waiting.set(atMs, [item]);
    this.#clock.setTimer(Math.max(0, atMs - this.#clock.now()), () => this.#arrive(atMs));
  }

  #arrive(atMs: number): void {
    const items = this.#waiting.get(atMs)!;
    this.#waiting.delete(atMs);
    for (const item of items) item.arrive();
  }
}
