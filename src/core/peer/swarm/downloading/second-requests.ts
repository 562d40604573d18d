import type { Ledger } from '../../ledger.ts';
import type { Neighbour } from '../neighbours/neighbour.ts';

/** What has waited so long at a neighbour, beyond what the way takes, waits for its turn. */
const QUEUED_MS = 150;
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
  const { awayMs, peakBytesPerMs, theirs, requests } = neighbour;
  if (requests.size > 0 || awayMs === undefined || peakBytesPerMs === 0) return undefined;
  let best: number | undefined;
  let longestMs = QUEUED_MS + awayMs;
  for (const source of all) {
    if (source === neighbour) continue;
    for (const { index, bytes, nextOffset, offset, sentMs, download } of source.requests.values()) {
      if (nextOffset > offset || download.over || !theirs.has(index)) continue;
      const waitedMs = nowMs - sentMs - (source.roundTripMs ?? 0);
      if (waitedMs <= longestMs || ledger.copiesOnTheirWay(index) >= COPIES_MAX) continue;
      if (awayMs * peakBytesPerMs > bytes * AWAY_SHARE_MAX) continue;
      best = index;
      longestMs = waitedMs;
    }
  }
  return best;
}
