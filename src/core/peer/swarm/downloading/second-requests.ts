import type { Ledger } from '../../ledger.ts';
import type { Neighbour } from '../neighbours/neighbour.ts';

/** What has waited so long at a neighbour, beyond what the way takes, waits for its turn. */
const QUEUED_MS = 150;
/**
 * An unknown neighbour is taken to be so far away. It may be slow, so that it is asked only for what waits at a known
 * one: what waits at one as unknown as itself may be held up by our own downlink. By then the chunk has waited so long,
 * and for so much of the time that the other takes to send it.
 */
const UNKNOWN_AWAY_MS = 60;
const QUEUED_FOR_UNKNOWN_MS = 60;
const QUEUED_FOR_UNKNOWN_SHARE = 0.3;
/** Requests of one chunk at a time. */
const COPIES_MAX = 2;
/** Both may begin to send before the slower one is told: the way to a neighbour must be so much shorter than a chunk. */
const AWAY_SHARE_MAX = 0.5;

/**
 * A chunk that waits for its turn at a busy neighbour, while this one has nothing to do and could begin at once.
 * Whoever begins first brings it; the other is told to leave it. undefined: there is none.
 */
export function chooseSecond(
  neighbour: Neighbour,
  all: Iterable<Neighbour>,
  ledger: Ledger,
  nowMs: number,
): number | undefined {
  if (neighbour.requests.size > 0) return undefined;
  const known = isKnown(neighbour);
  let best: number | undefined;
  let longestMs = known ? neighbour.awayMs! + QUEUED_MS : UNKNOWN_AWAY_MS + QUEUED_FOR_UNKNOWN_MS;
  for (const source of all) {
    if (source === neighbour || (!known && !isKnown(source))) continue;
    for (const { index, bytes, nextOffset, offset, sentMs, download } of source.requests.values()) {
      if (nextOffset > offset || download.over || !neighbour.theirs.has(index)) continue;
      const waitedMs = nowMs - sentMs - (source.roundTripMs ?? 0);
      if (waitedMs <= longestMs || ledger.copiesOnTheirWay(index) >= COPIES_MAX) continue;
      if (known ? isTooFar(neighbour, bytes) : isDueSoon(source, bytes, waitedMs)) continue;
      best = index;
      longestMs = waitedMs;
    }
  }
  return best;
}

/** How far away it is, it tells by its first request to us; how fast it is, by the first chunk that it brings. */
function isKnown({ awayMs, peakBytesPerMs }: Neighbour): boolean {
  return awayMs !== undefined && peakBytesPerMs > 0;
}

function isTooFar({ awayMs, peakBytesPerMs }: Neighbour, bytes: number): boolean {
  return awayMs! * peakBytesPerMs > bytes * AWAY_SHARE_MAX;
}

function isDueSoon({ peakBytesPerMs }: Neighbour, bytes: number, waitedMs: number): boolean {
  return (waitedMs - UNKNOWN_AWAY_MS) * peakBytesPerMs <= bytes * QUEUED_FOR_UNKNOWN_SHARE;
}
