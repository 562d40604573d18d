import type { Clock, Timer } from '../../../interfaces.ts';

/** Does something at most once in a time: at once when it is that long ago, else as soon as it is. */
export class Throttle {
  readonly #clock: Clock;
  readonly #gapMs: number;
  readonly #action: () => void;
  #doneMs = -Infinity;
  #dueMs = Infinity;
  #timer: Timer | undefined;

  /** `gapMs`: least time from one to the next. */
  constructor(components: { readonly clock: Clock }, gapMs: number, action: () => void) {
    this.#clock = components.clock;
    this.#gapMs = gapMs;
    this.#action = action;
  }

  /** As soon as it may be: so long after the last time. */
  soon(gapMs = this.#gapMs): void {
    const dueMs = this.#doneMs + gapMs;
    if (dueMs <= this.#clock.now()) this.now();
    else this.#at(dueMs);
  }

  /** In `gapMs`, unless it is to be sooner. */
  later(): void {
    this.#at(this.#clock.now() + this.#gapMs);
  }

  now(): void {
    this.cancel();
    this.#doneMs = this.#clock.now();
    this.#action();
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#dueMs = Infinity;
  }

  #at(dueMs: number): void {
    if (dueMs >= this.#dueMs) return;
    this.cancel();
    this.#dueMs = dueMs;
    this.#timer = this.#clock.setTimer(dueMs - this.#clock.now(), () => this.now());
  }
}
