import { createHistogram } from 'node:perf_hooks';
import type { Clock, Timer } from '../../../core/interfaces.ts';
import type { WorkerCounters } from '../real-time/counters.ts';

const US_PER_MS = 1000;
/** Of a stall, so many beats that it has swallowed count at most: a minute of the shortest. */
const BEATS_MAX = 3000;

/**
 * Keeps in shared memory how late this thread's event loop has been since the distribution began: it expects itself at
 * equal steps of the shared clock, and notes by how much it missed each. A stall counts for every step that it has
 * swallowed, wherever it begins: before the distribution (as far as it reaches into it), in the turn in which the watch
 * begins, between two steps, or at the end.
 *
 * Node's own monitor is blind to the first interval after it was enabled, and to a stall within one interval.
 */
export class LoopDelay {
  readonly #clock: Clock;
  readonly #stepMs: number;
  readonly #counters: WorkerCounters;
  /** In µs. */
  readonly #histogram = createHistogram();
  #timer: Timer | undefined;
  #dueMs = Infinity;

  /** `stepMs`: a stall of at least so long is never missed. */
  constructor(components: { readonly clock: Clock }, stepMs: number, counters: WorkerCounters) {
    this.#clock = components.clock;
    this.#stepMs = stepMs;
    this.#counters = counters;
  }

  /** What is before that time of the clock is of no interest, such as starting up. Idempotent. */
  begin(startMs: number): void {
    if (this.#dueMs < Infinity) return;
    this.#expect(startMs);
  }

  end(): void {
    this.#timer?.cancel();
    if (this.#dueMs < Infinity) this.#note(this.#clock.now());
    this.#dueMs = Infinity;
    this.#counters.nextBeatMs = 0;
  }

  /** Whoever reads the counters sees by it for how long a thread that does not answer has stood still. */
  #expect(dueMs: number): void {
    this.#dueMs = dueMs;
    this.#counters.nextBeatMs = dueMs;
    this.#timer = this.#clock.setTimer(Math.max(0, dueMs - this.#clock.now()), () => this.#beat());
  }

  #beat(): void {
    const now = this.#clock.now();
    this.#note(now);
    const steps = Math.floor((now - this.#dueMs) / this.#stepMs) + 1;
    this.#expect(this.#dueMs + steps * this.#stepMs);
  }

  #note(now: number): void {
    let lateMs = now - this.#dueMs;
    for (let beat = 0; beat < BEATS_MAX && lateMs >= 0; beat++, lateMs -= this.#stepMs) {
      this.#histogram.record(Math.max(1, Math.round(lateMs * US_PER_MS)));
    }
    if (this.#histogram.count === 0) return;
    this.#counters.loopDelayP99Ms = this.#histogram.percentile(99) / US_PER_MS;
    this.#counters.loopDelayMaxMs = this.#histogram.max / US_PER_MS;
  }
}
