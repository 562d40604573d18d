/** How the clock of another host stands to ours: as in NTP, from the round trip that took least time. */

/** With a greater error, events of different hosts would come in a wrong order too often. */
export const CLOCK_ERROR_MS_MAX = 10;

export interface ClockReading {
  /** Of our clock, in ms. */
  readonly sentMs: number;
  readonly receivedMs: number;
  /** Of the host's clock, between the two, in ns. */
  readonly hostNs: bigint;
}

export interface ClockOffset {
  /** Of the host's clock when ours was 0, in ns. */
  readonly originNs: bigint;
  /** It may be wrong by so much: half of the round trip. */
  readonly errorMs: number;
}

/** @param readings at least one */
export function clockOffsetOf(readings: readonly ClockReading[]): ClockOffset {
  const best = readings.reduce((least, reading) => (tripMs(reading) < tripMs(least) ? reading : least));
  const middleMs = (best.sentMs + best.receivedMs) / 2;
  return {
    originNs: best.hostNs - BigInt(Math.round(middleMs * 1e6)),
    errorMs: tripMs(best) / 2,
  };
}

/**
 * By how much a clock that was compared before may have been wrong, where it was compared again: clocks drift, and are set
 * right while they go.
 */
export function errorUntil(before: ClockOffset, again: ClockOffset): number {
  const driftMs = Math.abs(Number(again.originNs - before.originNs)) / 1e6;
  return Math.max(before.errorMs, driftMs + again.errorMs);
}

function tripMs({ sentMs, receivedMs }: ClockReading): number {
  return receivedMs - sentMs;
}
