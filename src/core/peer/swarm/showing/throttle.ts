import { Alarm } from '../../../alarm.ts';
import type { Clock } from '../../../interfaces.ts';

/** Does something at most once in a time: at once when it is that long ago, else as soon as it is. */
export class Throttle {
  readonly #clock: Clock;
  readonly #gapMs: number;
  readonly #action: () => void;
  readonly #alarm: Alarm;
  #doneMs = -Infinity;

  /** `gapMs`: least time from one to the next. */
  constructor({ clock }: { readonly clock: Clock }, gapMs: number, action: () => void) {
    this.#clock = clock;
    this.#gapMs = gapMs;
    this.#action = action;
    this.#alarm = new Alarm(clock, () => this.now());
  }

  /** As soon as it may be: so long after the last time. */
  soon(gapMs = this.#gapMs): void {
    const dueMs = this.#doneMs + gapMs;
    if (dueMs <= this.#clock.now()) this.now();
    else this.#alarm.by(dueMs);
  }

  /** In `gapMs`, unless it is to be sooner. */
  later(): void {
    this.#alarm.by(this.#clock.now() + this.#gapMs);
  }

  now(): void {
    this.cancel();
    this.#doneMs = this.#clock.now();
    this.#action();
  }

  cancel(): void {
    this.#alarm.cancel();
  }
}
