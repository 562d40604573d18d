import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { IntervalHistogram } from 'node:perf_hooks';
import type { WorkerCounters } from './counters.ts';

const NS_PER_MS = 1e6;
const PUBLISH_MS = 500;

/** Keeps in shared memory how late this thread's event loop has been since the distribution began. */
export class LoopDelay {
  readonly #histogram: IntervalHistogram;
  readonly #resolutionMs: number;
  readonly #counters: WorkerCounters;
  #timer: NodeJS.Timeout | undefined;

  constructor(resolutionMs: number, counters: WorkerCounters) {
    this.#histogram = monitorEventLoopDelay({ resolution: resolutionMs });
    this.#resolutionMs = resolutionMs;
    this.#counters = counters;
  }

  /** What was measured before (starting up) is of no interest. Idempotent. */
  begin(): void {
    if (this.#timer !== undefined) return;
    this.#histogram.enable();
    this.#timer = setInterval(() => this.#publish(), PUBLISH_MS);
  }

  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#publish();
    this.#histogram.disable();
  }

  #publish(): void {
    if (this.#histogram.count === 0) return;
    this.#counters.loopDelayP99Ms = this.#delayMs(this.#histogram.percentile(99));
    this.#counters.loopDelayMaxMs = this.#delayMs(this.#histogram.max);
  }

  /** The histogram holds whole intervals, of which the resolution is the part that was meant. */
  #delayMs(intervalNs: number): number {
    return Math.max(0, intervalNs / NS_PER_MS - this.#resolutionMs);
  }
}
