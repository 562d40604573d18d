/** What draws add up to may be years; no run is longer than this. */
const SUM_MS_MAX = 24 * 3600 * 1000;

/** A sum of drawn times, to the microsecond: what follows is never as exact, and a plan stays readable. */
export function boundedMs(ms: number): number {
  return Math.min(Math.round(ms * 1000) / 1000, SUM_MS_MAX);
}
