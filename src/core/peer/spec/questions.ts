import type { Clock } from '../../interfaces.ts';

/** An unknown chunk is asked again after these times: the first, the second, and every further time. */
const ASK_AGAIN_MS = [250, 500, 1000] as const;

/** Which chunks to ask the tracker about, in rotation. */
export class Questions {
  readonly #clock: Clock;
  /** To be asked now, in order. */
  readonly #ready: Set<number>;
  /** To be asked again later: when. One queue for each delay, so that each is in the order of time. */
  readonly #later = ASK_AGAIN_MS.map((delayMs) => ({ delayMs, dueMs: new Map<number, number>() }));
  /** How often a chunk was put off. */
  readonly #times = new Map<number, number>();

  constructor(clock: Clock, indices: Iterable<number>) {
    this.#clock = clock;
    this.#ready = new Set(indices);
  }

  /** Asks as soon as its turn comes. */
  add(index: number): void {
    for (const { dueMs } of this.#later) dueMs.delete(index);
    this.#ready.add(index);
  }

  /** Asks again after a while, longer each time. */
  addLater(index: number): void {
    if (this.#ready.has(index) || this.#later.some(({ dueMs }) => dueMs.has(index))) return;
    const times = this.#times.get(index) ?? 0;
    this.#times.set(index, times + 1);
    const { delayMs, dueMs } = this.#later[Math.min(times, this.#later.length - 1)]!;
    dueMs.set(index, this.#clock.now() + delayMs);
  }

  /** The chunk is located; should it be asked again, it is put off no less than before. */
  remove(index: number): void {
    this.#ready.delete(index);
    for (const { dueMs } of this.#later) dueMs.delete(index);
  }

  /** Takes the next one that is due; `undefined` when none is. */
  take(): number | undefined {
    if (this.#ready.size === 0) this.#wake();
    for (const index of this.#ready) {
      this.#ready.delete(index);
      return index;
    }
    return undefined;
  }

  /** Milliseconds until one will be due; 0 when one is, `undefined` when there are none. */
  dueInMs(): number | undefined {
    if (this.#ready.size > 0) return 0;
    const earliestMs = Math.min(...this.#later.map(({ dueMs }) => firstOf(dueMs.values()) ?? Infinity));
    return earliestMs === Infinity ? undefined : Math.max(0, earliestMs - this.#clock.now());
  }

  #wake(): void {
    for (const { dueMs } of this.#later) {
      for (const [index, atMs] of dueMs) {
        if (atMs > this.#clock.now()) break;
        dueMs.delete(index);
        this.#ready.add(index);
      }
    }
  }
}

function firstOf<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item;
  return undefined;
}
