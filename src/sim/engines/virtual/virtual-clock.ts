import type { Clock, Timer } from '../../../core/interfaces.ts';
import { LocalProtocolError } from '../../../core/errors.ts';

/**
 * Time that passes only from event to event. Events fire in the order of `(time, sequence of setting)`, so that a
 * run is a pure function of what is set. A callback may set, cancel and read, but not run the clock.
 */
export class VirtualClock implements Clock {
  #now = 0;
  #sequence = 0;
  #running = false;
  #fired = 0;
  /** Events of later times: a binary heap by (at, sequence). */
  readonly #heap: VirtualTimer[] = [];
  /** Events of the present time in order of setting: most events of a swarm, and no heap is needed for them. */
  #present: VirtualTimer[] = [];
  #presentHead = 0;
  readonly #tally = { cancelled: 0 };

  now(): number {
    return this.#now;
  }

  /** Events set and neither fired nor cancelled. */
  get pending(): number {
    return this.#heap.length + this.#present.length - this.#presentHead - this.#tally.cancelled;
  }

  /** Events that have fired so far. */
  get fired(): number {
    return this.#fired;
  }

  /** @throws {LocalProtocolError} the delay is not a finite number ≥ 0 */
  setTimer(delayMs: number, callback: () => void): Timer {
    if (!(delayMs >= 0 && delayMs < Infinity)) throw new LocalProtocolError(`timer of ${delayMs} ms`);
    const timer = new VirtualTimer(this.#now + delayMs, this.#sequence++, callback, this.#tally);
    if (timer.at === this.#now) this.#present.push(timer);
    else this.#push(timer);
    return timer;
  }

  /**
   * Fires every event up to `untilMs` (included; default: until none is left), then stands at `untilMs`.
   * What a callback throws ends the run and is thrown on; the clock can be run again.
   */
  run(untilMs = Infinity): void {
    this.#loop(untilMs, undefined);
    if (untilMs !== Infinity && untilMs > this.#now) this.#now = untilMs;
  }

  /** Fires events until the predicate, asked before the first and after each, is true. false: none was left. */
  runUntil(predicate: () => boolean, untilMs = Infinity): boolean {
    if (predicate()) return true;
    return this.#loop(untilMs, predicate);
  }

  #loop(untilMs: number, predicate: (() => boolean) | undefined): boolean {
    if (this.#running) throw new LocalProtocolError('a callback may not run the clock');
    this.#running = true;
    try {
      for (let timer = this.#next(untilMs); timer !== undefined; timer = this.#next(untilMs)) {
        this.#fired++;
        timer.fire();
        if (predicate?.() === true) return true;
      }
      return false;
    } finally {
      this.#running = false;
    }
  }

  /** Takes the next living event and moves the time to it. */
  #next(untilMs: number): VirtualTimer | undefined {
    for (;;) {
      const timer = this.#takeFirst(untilMs);
      if (timer === undefined) return undefined;
      if (timer.cancelled) {
        this.#tally.cancelled--;
        continue;
      }
      this.#now = timer.at;
      return timer;
    }
  }

  #takeFirst(untilMs: number): VirtualTimer | undefined {
    const first = this.#heap[0];
    // What the heap holds for the present time was set before everything in the present queue.
    if (first !== undefined && first.at <= this.#now) return this.#pop();
    if (this.#presentHead < this.#present.length) return this.#takePresent(untilMs);
    if (first === undefined || first.at > untilMs) return undefined;
    return this.#pop();
  }

  #takePresent(untilMs: number): VirtualTimer | undefined {
    if (this.#now > untilMs) return undefined;
    const timer = this.#present[this.#presentHead++];
    if (this.#presentHead === this.#present.length) {
      this.#present = [];
      this.#presentHead = 0;
    }
    return timer;
  }

  #push(timer: VirtualTimer): void {
    const heap = this.#heap;
    let hole = heap.length;
    heap.push(timer);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = heap[parent]!;
      if (above.isBefore(timer)) break;
      heap[hole] = above;
      hole = parent;
    }
    heap[hole] = timer;
    if (this.#tally.cancelled > 1_000 && this.#tally.cancelled > heap.length / 2) this.#sweep();
  }

  #pop(): VirtualTimer | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    this.#sink(0, last);
    return first;
  }

  #sink(start: number, timer: VirtualTimer): void {
    const heap = this.#heap;
    let hole = start;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.isBefore(heap[child]!)) child++;
      if (!heap[child]!.isBefore(timer)) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = timer;
  }

  /** Cancelled events stay in the heap until their time; too many of them (time-outs, mostly) are thrown out. */
  #sweep(): void {
    const heap = this.#heap;
    let kept = 0;
    for (const timer of heap) {
      if (timer.cancelled) this.#tally.cancelled--;
      else heap[kept++] = timer;
    }
    heap.length = kept;
    for (let i = (kept >> 1) - 1; i >= 0; i--) this.#sink(i, heap[i]!);
  }
}

class VirtualTimer implements Timer {
  readonly at: number;
  readonly #sequence: number;
  readonly #tally: { cancelled: number };
  #callback: (() => void) | undefined;
  cancelled = false;

  constructor(at: number, sequence: number, callback: () => void, tally: { cancelled: number }) {
    this.at = at;
    this.#sequence = sequence;
    this.#callback = callback;
    this.#tally = tally;
  }

  isBefore(other: VirtualTimer): boolean {
    return this.at < other.at || (this.at === other.at && this.#sequence < other.#sequence);
  }

  fire(): void {
    const callback = this.#callback;
    this.#callback = undefined;
    callback?.();
  }

  cancel(): void {
    if (this.#callback === undefined) return;
    this.#callback = undefined;
    this.cancelled = true;
    this.#tally.cancelled++;
  }
}
