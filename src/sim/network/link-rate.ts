import { SECOND_MS } from '../../core/units.ts';
import { Curve, type CurveChange } from './curve.ts';

/** The rate of one direction of a link over time, and what a fault makes of it. */
export class LinkRate {
  readonly #curve: Curve;
  #startMs = 0;
  #factor = 1;

  /** Rates in bytes/s, above 0; times from `setStartMs` on. */
  constructor(bytesPerSec: number, changes: readonly CurveChange[] = []) {
    this.#curve = new Curve(bytesPerSec, changes);
  }

  /** Multiplies the rate; above 0. A scheduler must be told, see `RateScheduler.changeRate`. */
  set factor(factor: number) {
    this.#factor = factor;
  }

  get factor(): number {
    return this.#factor;
  }

  /** When the times of the changes begin on the clock. */
  set startMs(startMs: number) {
    this.#startMs = startMs;
  }

  bytesPerSecAt(atMs: number): number {
    return this.#curve.valueAt(atMs - this.#startMs) * this.#factor;
  }

  /** Until when the rate is what it is at that time, Infinity for good; the time itself while it moves. */
  steadyUntilMs(atMs: number): number {
    const untilMs = this.#curve.steadyUntilMs(atMs - this.#startMs);
    return untilMs === atMs - this.#startMs ? atMs : untilMs + this.#startMs;
  }

  bytesBetween(fromMs: number, toMs: number): number {
    const amount = this.#curve.between(fromMs - this.#startMs, toMs - this.#startMs);
    return (amount * this.#factor) / SECOND_MS;
  }

  /** When so many bytes are through that begin at `fromMs`. */
  endMs(fromMs: number, bytes: number): number {
    const amount = (bytes * SECOND_MS) / this.#factor;
    return this.#curve.reach(fromMs - this.#startMs, amount) + this.#startMs;
  }
}
