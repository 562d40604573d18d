import type { Neighbour, OpenRequest } from '../neighbours/neighbour.ts';

/** Requests open at a time with one neighbour, at most. */
const WINDOW_MAX = 128;
/** An answer that waited less than this at the neighbour asks for a larger window, one that waited… */
const QUEUE_SHORT_MS = 250;
/** …more than this for a smaller one. */
const QUEUE_LONG_MS = 750;
/** A round trip shorter than this share of the time that a chunk takes is not worth a request more. */
const ROUND_TRIP_SHARE_MIN = 0.05;

/**
 * An answer has come. The neighbour must never be out of work, however far away it is, but what is requested from it
 * too early cannot be had from others. So the window follows the time that requests wait at the neighbour, as Vegas does
 * for TCP; it shrinks at most once a round trip, by what waited too long, and never below what a round trip holds.
 */
export function adaptWindow(neighbour: Neighbour, request: OpenRequest, nowMs: number): void {
  const tookMs = nowMs - request.sentMs;
  const waitedMs = tookMs - (neighbour.roundTripMs ?? 0);
  const sendingMs = Math.max(1, tookMs - (neighbour.awayMs ?? 0));
  neighbour.peakBytesPerMs = Math.max(neighbour.peakBytesPerMs, (request.bytes - request.offset) / sendingMs);
  const least = windowMin(neighbour, request.bytes, nowMs);
  if (waitedMs < QUEUE_SHORT_MS || neighbour.window < least) {
    neighbour.window = Math.min(WINDOW_MAX, neighbour.window + 1);
  } else if (waitedMs > QUEUE_LONG_MS && request.sentMs >= neighbour.windowShrankMs) {
    // Those that were sent before the window last shrank tell of the larger one.
    const tooMany = neighbour.window * ((waitedMs - QUEUE_LONG_MS) / tookMs);
    neighbour.window = Math.max(least, neighbour.window - Math.max(1, tooMany));
    neighbour.windowShrankMs = nowMs;
  }
}

/** One request that is being answered, and those that make up for the round trip until the next one would be. */
function windowMin({ roundTripMs = 0, received }: Neighbour, chunkBytes: number, nowMs: number): number {
  const roundTripBytes = (received.bytesPerSec(nowMs) * roundTripMs) / 1000;
  // A chunk may be empty.
  const chunks = roundTripBytes / Math.max(1, chunkBytes);
  return chunks < ROUND_TRIP_SHARE_MIN ? 1 : Math.min(WINDOW_MAX, 1 + Math.ceil(chunks));
}
