import type { Clock, Timer } from '../../../core/interfaces.ts';
import { LocalProtocolError } from '../../../core/errors.ts';
import { TimerHeap, type Timed } from './timer-heap.ts';

/**
 * Time that passes only from event to event. Events fire in the order of `(time, sequence of setting)`, so that a
 * run is a pure function of what is set. A callback may set, cancel and read, but not run the clock.
 */
export class VirtualClock implements Clock {
  #now = 0;
  #sequence = 0;
  #running = false;
  #fired = 0;
  /** Events of later times. */
  readonly #heap = new TimerHeap<VirtualTimer>();
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
    const { first } = this.#heap;
    // What the heap holds for the present time was set before everything in the present queue.
    if (first !== undefined && first.at <= this.#now) return this.#heap.pop();
    if (this.#presentHead < this.#present.length) return this.#takePresent(untilMs);
    if (first === undefined || first.at > untilMs) return undefined;
    return this.#heap.pop();
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
    this.#heap.push(timer);
    // Cancelled events stay until their time; too many of them (time-outs, mostly) are thrown out.
    if (this.#tally.cancelled <= 1_000 || this.#tally.cancelled <= this.#heap.length / 2) return;
    this.#tally.cancelled -= this.#heap.keep(({ cancelled }) => !cancelled);
  }
}

class VirtualTimer implements Timer, Timed {
  readonly at: number;
  readonly sequence: number;
  readonly #tally: { cancelled: number };
  #callback: (() => void) | undefined;
  cancelled = false;

  constructor(at: number, sequence: number, callback: () => void, tally: { cancelled: number }) {
    this.at = at;
    this.sequence = sequence;
    this.#callback = callback;
    this.#tally = tally;
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
