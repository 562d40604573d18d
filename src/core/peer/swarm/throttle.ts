import type { Clock, Timer } from '../../interfaces.ts';

/** Does something at most once in a time: at once when it is that long ago, else as soon as it is. */
export class Throttle {
  readonly #clock: Clock;
  readonly #gapMs: number;
  readonly #action: () => void;
  #doneMs = -Infinity;
  #timer: Timer | undefined;

  /** `gapMs`: least time from one to the next. */
  constructor(components: { readonly clock: Clock }, gapMs: number, action: () => void) {
    this.#clock = components.clock;
    this.#gapMs = gapMs;
    this.#action = action;
  }

  /** As soon as it may be. */
  soon(): void {
    if (this.#timer !== undefined) return;
    const waitMs = this.#doneMs + this.#gapMs - this.#clock.now();
    if (waitMs <= 0) this.now();
    else this.#timer = this.#clock.setTimer(waitMs, () => this.now());
  }

  /** In `gapMs`, unless it is to be sooner. */
  later(): void {
    this.#timer ??= this.#clock.setTimer(this.#gapMs, () => this.now());
  }

  now(): void {
    this.cancel();
    this.#doneMs = this.#clock.now();
    this.#action();
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
