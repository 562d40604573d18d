import type { ShapingTotals } from './totals.ts';

/** Totals that are being counted; may lie in shared memory. */
export type ShapingCounters = { -readonly [Field in keyof ShapingTotals]: ShapingTotals[Field] };

export function emptyShaping(): ShapingCounters {
  return {
    bytesPacedUp: 0,
    bytesPacedDown: 0,
    bytesDelayed: 0,
    lateMsTotal: 0,
    lateMsMax: 0,
    releases: 0,
    stalls: 0,
    windowWaits: 0,
    otherWindowWaits: 0,
    upChanges: 0,
    downChanges: 0,
    latencyChanges: 0,
  };
}

/** Notes that a connection was opened `lateMs` after its time. It is no message, so the mean does not count it. */
export function noteLateDial(counters: ShapingCounters, lateMs: number): void {
  if (lateMs > counters.lateMsMax) counters.lateMsMax = lateMs;
}

/** Counts one message that the shaper let go `lateMs` after its time. */
export function countRelease(counters: ShapingCounters, lateMs: number): void {
  counters.releases++;
  if (lateMs <= 0) return;
  counters.lateMsTotal += lateMs;
  if (lateMs > counters.lateMsMax) counters.lateMsMax = lateMs;
}
