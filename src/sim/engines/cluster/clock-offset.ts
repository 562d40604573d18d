/** How the clock of another host stands to ours: as in NTP, from the round trip that took least time. */

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

function tripMs({ sentMs, receivedMs }: ClockReading): number {
  return receivedMs - sentMs;
}
