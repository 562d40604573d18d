import type { SwarmEvent } from '../../../core/events.ts';

/**
 * A thread tells of its events within this time unless it stands still, in ms. Whoever watches the run sees them that
 * much later.
 */
const DELAY_MS = 500;

/** Events of several threads in order of time, while the run goes on. The few that come too late for that are left out. */
export class LiveOrder {
  readonly #pass: (event: SwarmEvent) => void;
  #waiting: SwarmEvent[] = [];
  #passedMs = -Infinity;

  constructor(pass: (event: SwarmEvent) => void) {
    this.#pass = pass;
  }

  add(event: SwarmEvent): void {
    if (event.atMs >= this.#passedMs) this.#waiting.push(event);
  }

  /** Passes on what is old enough. */
  pass(nowMs: number): void {
    this.#passedMs = nowMs - DELAY_MS;
    const due = this.#waiting.filter(({ atMs }) => atMs < this.#passedMs);
    this.#waiting = this.#waiting.filter(({ atMs }) => atMs >= this.#passedMs);
    for (const event of due.sort((a, b) => a.atMs - b.atMs)) this.#pass(event);
  }
}
