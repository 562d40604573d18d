/**
 * What late timers have cost a link that had something to serve, and how it is made up for.
 *
 * What is made up for at once goes on as a burst. So only what timers usually miss is; the rest is owed and made up
 * for little by little, so that over any 100 ms no more than 3 ms beyond the rate goes on. Only a machine that is so
 * busy that OWED_MAX_MS are owed already gets the rest at once as well: there the rate counts for more than bursts,
 * and the trust verdict tells of late timers.
 */

/** What timers miss on a quiet machine. */
const AT_ONCE_MS = 2;

/** The part of any time that what is owed may add: 1 ms in 100 ms. */
const REPAID_SHARE = 0.01;

const OWED_MAX_MS = 20;

/** At most so much is made up for at once; what goes beyond is lost. Below what a peer would notice. */
export const CATCH_UP_MS = 20;

export class LateTimerDebt {
  readonly #atOnceMs: number;
  #owedMs = 0;

  /** `waitMs`: timers are meant to come up to so long after their time. */
  constructor(waitMs = 0) {
    this.#atOnceMs = AT_ONCE_MS + waitMs;
  }

  /**
   * When a step begins by schedule that could have begun at `readyMs`, had the timer not come only now. After
   * `readyMs` unless all of it is made up for at once; never after `nowMs`, unless `readyMs` is.
   */
  beginMs(readyMs: number, nowMs: number): number {
    const missedMs = nowMs - readyMs;
    if (missedMs <= this.#atOnceMs) return readyMs;
    const owedMs = Math.min(missedMs - this.#atOnceMs, OWED_MAX_MS - this.#owedMs);
    this.#owedMs += owedMs;
    return nowMs - Math.min(missedMs - owedMs, CATCH_UP_MS);
  }

  /** By how much a step of this duration is shortened. */
  repaidMs(durationMs: number): number {
    const repaidMs = Math.min(this.#owedMs, durationMs * REPAID_SHARE);
    this.#owedMs -= repaidMs;
    return repaidMs;
  }

  /** Nothing waits any more: nothing is owed to anybody. */
  forget(): void {
    this.#owedMs = 0;
  }
}
