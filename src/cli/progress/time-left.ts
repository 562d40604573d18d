/** How long something will still take, for a person who waits. */
import { SECOND_MS } from '../../core/units.ts';

const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** So long nothing may come before that is said instead of a time. */
const STILL_AFTER_MS = 10 * SECOND_MS;

/**
 * Follows the share that is done. The estimate is made anew only when something has moved, at the mean pace so far, and
 * counts down in between: it never grows while nothing moves.
 */
export class TimeLeft {
  #done = 0;
  #movedMs = 0;
  #leftMs: number | null = null;

  /** @param moves whether something is on its way although the share is the same */
  update(atMs: number, done: number, moves: boolean): void {
    if (done !== this.#done) {
      this.#done = done;
      this.#leftMs = done > 0 && done < 1 ? (atMs / done) * (1 - done) : null;
      this.#movedMs = atMs;
    } else if (moves && this.#leftMs !== null) {
      this.#leftMs = Math.max(0, this.#leftMs - (atMs - this.#movedMs));
      this.#movedMs = atMs;
    } else if (moves) this.#movedMs = atMs;
  }

  /** null: nothing to tell from, or nothing left to do. */
  leftMs(atMs: number): number | null {
    return this.#leftMs === null ? null : Math.max(0, this.#leftMs - (atMs - this.#movedMs));
  }

  /** `about 17 h left`, `nothing has arrived for 12 s`; empty when there is nothing to tell. */
  say(atMs: number): string {
    const stillMs = atMs - this.#movedMs;
    if (this.#done < 1 && stillMs >= STILL_AFTER_MS) return `nothing has arrived for ${roughly(stillMs)}`;
    const leftMs = this.leftMs(atMs);
    return leftMs === null ? '' : `about ${roughly(leftMs)} left`;
  }
}

/** As people tell a time that they do not know exactly: `4 s`, `12 min`, `17 h`, `3 days`. */
export function roughly(ms: number): string {
  if (ms < 100 * SECOND_MS) return `${Math.max(1, Math.round(ms / SECOND_MS))} s`;
  if (ms < 100 * MINUTE_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  if (ms < 48 * HOUR_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / (24 * HOUR_MS))} days`;
}

/** What the runs after the present one will take, from those that are over. */
export class RunsLeft {
  readonly #now: () => number;
  readonly #runs: number;
  readonly #mayBeFewer: boolean;
  #over = 0;
  #overMs = 0;
  #beganMs: number;

  /** @param runs at most; @param now of a clock in milliseconds */
  constructor(runs: number, now: () => number, mayBeFewer = false) {
    this.#runs = runs;
    this.#mayBeFewer = mayBeFewer;
    this.#now = now;
    this.#beganMs = now();
  }

  begin(): void {
    this.#beganMs = this.#now();
  }

  end(): void {
    this.#over++;
    this.#overMs += this.#now() - this.#beganMs;
  }

  /** `all runs in about 3 min`; empty in the last run, and while there is nothing to tell from. */
  say(leftMs: number | null): string {
    const later = this.#runs - this.#over - 1;
    const ownMs = leftMs === null ? null : this.#now() - this.#beganMs + leftMs;
    const eachMs = this.#over > 0 ? this.#overMs / this.#over : ownMs;
    if (later <= 0 || eachMs === null) return '';
    const presentMs = leftMs ?? Math.max(0, eachMs - (this.#now() - this.#beganMs));
    return `all runs in ${this.#mayBeFewer ? 'at most ' : ''}about ${roughly(presentMs + later * eachMs)}`;
  }
}
