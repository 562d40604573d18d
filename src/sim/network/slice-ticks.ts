import type { Clock, Timer } from '../../core/interfaces.ts';

/**
 * Wakes all rates of a thread at common moments, one slice apart and the same in all threads: one wake-up serves them
 * all, and what others sent at theirs is there as well.
 */
export class SliceTicks {
  readonly #clock: Clock;
  readonly #sliceMs: number;
  /** Whom to call at which tick. */
  readonly #waiting = new Map<(tickMs: number) => void, number>();
  #timer: Timer | undefined;
  #timerTick = Infinity;

  constructor(components: { readonly clock: Clock }, sliceMs: number) {
    this.#clock = components.clock;
    this.#sliceMs = sliceMs;
  }

  /** Calls once, at the first tick from `fromMs` on that is still to come, with its time. */
  call(callback: (tickMs: number) => void, fromMs: number): void {
    const now = this.#clock.now();
    const tick = Math.max(Math.ceil(fromMs / this.#sliceMs), Math.floor(now / this.#sliceMs) + 1);
    this.#waiting.set(callback, tick);
    if (tick < this.#timerTick) this.#setTimer(tick);
  }

  cancel(callback: (tickMs: number) => void): void {
    this.#waiting.delete(callback);
  }

  #setTimer(tick: number): void {
    this.#timer?.cancel();
    this.#timerTick = tick;
    const delayMs = Math.max(0, tick * this.#sliceMs - this.#clock.now());
    this.#timer = this.#clock.setTimer(delayMs, () => this.#onTick(tick));
  }

  #onTick(tick: number): void {
    this.#timer = undefined;
    this.#timerTick = Infinity;
    for (const [callback, due] of [...this.#waiting]) {
      if (due > tick) continue;
      this.#waiting.delete(callback);
      callback(due * this.#sliceMs);
    }
    if (this.#waiting.size > 0) {
      const next = Math.min(...this.#waiting.values());
      if (next < this.#timerTick) this.#setTimer(next);
    }
  }
}
