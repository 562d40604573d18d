/** What follows from an access link's figures: sizes of blocks, turns and queues. */
import { KIB, MIB, SECOND_MS } from '../../core/units.ts';
import type { PlannedLink } from '../plan/plan.ts';

/**
 * What Linux hands to a network card at a time takes about this long on its link (tcp_tso_autosize): the finest slice,
 * for exact clocks, where wake-ups cost nothing.
 */
export const SLICE_MS_MIN = 1;
/** The coarsest slice that nobody asked for. */
export const SLICE_MS_MAX = 10;
/** The payload of one Ethernet frame: smaller blocks would be unlike any network. */
const BLOCK_BYTES_MIN = 1460;
/** As without a rate: larger ones gain nothing. */
const BLOCK_BYTES_MAX = 256 * KIB;

/** A chunk's part and its head go in one turn. */
const HEAD_BYTES = 64;

/** What a connection may have waiting for the uplink: enough for a timer that comes late. */
const UPLINK_QUEUE_MS = 20;

/** What may be in flight beyond what the latency holds, as in the buffer of an access router. */
const FLIGHT_QUEUE_MS = 50;
const FLIGHT_BYTES_MIN = 64 * KIB;

/**
 * Bytes that a connection may have in flight where latency is given but no rate. More than Linux allows one
 * connection by default (4 MiB to send, 6 MiB to receive); with 200 ms it still lets 80 MB/s through.
 */
const UNLIMITED_WINDOW_BYTES = 16 * MIB;

/** Whether the link does nothing at all, by its own plan. */
export function isUnshaped(link: PlannedLink): boolean {
  const { upBytesPerSec, downBytesPerSec, latencyMs, jitterMs, region, loss, window, changes } = link;
  const isLimited = upBytesPerSec !== null || downBytesPerSec !== null || window !== null;
  const isDelayed = latencyMs > 0 || jitterMs !== null || region !== null || loss !== null;
  return !isLimited && !isDelayed && changes.length === 0;
}

/** Into how many bytes a chunk's body is to be cut for this rate: a slice of it, 1,460 bytes to 256 KiB. */
export function blockBytes(bytesPerSec: number, sliceMs = SLICE_MS_MIN): number {
  const bytes = Math.floor((bytesPerSec * sliceMs) / SECOND_MS);
  return Math.min(Math.max(bytes, BLOCK_BYTES_MIN), BLOCK_BYTES_MAX);
}

/** A chunk is handed to a link that cuts it into slices by itself in parts of about so long, below those that are pooled. */
const PART_MS = 250;
const PART_BYTES_MAX = 60 * KIB;

/** Of a chunk for a link that cuts it: 250 ms of the rate, at most 60 KiB, at least a slice. */
export function handedBytes(bytesPerSec: number, sliceMs: number): number {
  const bytes = Math.floor((bytesPerSec * PART_MS) / SECOND_MS);
  return Math.max(blockBytes(bytesPerSec, sliceMs), Math.min(bytes, PART_BYTES_MAX));
}

/** What a connection may send in one turn of the round robin. */
export function turnBytes(bytesPerSec: number, sliceMs = SLICE_MS_MIN): number {
  return blockBytes(bytesPerSec, sliceMs) + HEAD_BYTES;
}

/** What a connection may queue without a rate where losses stall it: what it sends next must not wait behind more. */
export const STALLED_QUEUE_BYTES = MIB;

/**
 * `send` says false from here on; `onDrain` follows below half of it. null: no rate, but latency. A window may be
 * full twice: once on its way, and once to follow.
 */
export function uplinkQueueBytes(
  bytesPerSec: number | null,
  windowBytes = Infinity,
  sliceMs = SLICE_MS_MIN,
): number {
  const bytes = bytesPerSec === null ? UNLIMITED_WINDOW_BYTES : (bytesPerSec * UPLINK_QUEUE_MS) / SECOND_MS;
  const least = bytesPerSec === null ? 0 : 2 * blockBytes(bytesPerSec, sliceMs);
  const most = bytesPerSec === null ? UNLIMITED_WINDOW_BYTES : MIB;
  return Math.min(Math.max(bytes, least), most, 2 * windowBytes);
}

/**
 * What one connection may have in flight on one side of a link; beyond it the sender feels back-pressure. More than
 * the rate brings within a round trip, so that a delay costs no throughput. `delayMs`: the longest one-way delay so
 * far. null: no rate, but latency.
 */
export function flightBytesMax(bytesPerSec: number | null, delayMs: number): number {
  if (bytesPerSec === null) return UNLIMITED_WINDOW_BYTES;
  const bytes = (bytesPerSec * (2 * delayMs + FLIGHT_QUEUE_MS)) / SECOND_MS;
  return Math.max(bytes, FLIGHT_BYTES_MIN);
}

/** As `blockBytes`, but such that at least 16 blocks are in a TCP window: one that does not fit any more is little. */
export function windowBlockBytes(windowBytes: number): number {
  return Math.max(BLOCK_BYTES_MIN, Math.floor(windowBytes / 16)) - HEAD_BYTES;
}
