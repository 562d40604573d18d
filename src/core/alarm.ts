import type { Clock, Timer } from './interfaces.ts';

/** A timer for the first of several times at which something is due: rings once, and is then set anew. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: Timer | undefined;
  #atMs = Infinity;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at this time of the clock at the latest, at once if it is past. Infinity: nothing is due. */
  by(atMs: number): void {
    if (atMs >= this.#atMs) return;
    this.#timer?.cancel();
    this.#atMs = atMs;
    this.#timer = this.#clock.setTimer(Math.max(0, atMs - this.#clock.now()), () => {
      this.cancel();
      this.#ring();
    });
  }

  /** Rings no more before the next `by`. */
  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#atMs = Infinity;
  }
}
