/** What follows from an access link's figures: sizes of blocks, turns and queues. */
import type { Random } from '../../core/interfaces.ts';
import { KIB, MIB, SECOND_MS } from '../../core/units.ts';
import { sampleDistribution } from '../plan/distributions.ts';
import type { PlannedLink } from '../plan/plan.ts';

/** A block takes about this long on its link: what a message of another connection may have to wait for. */
const BLOCK_MS = 10;
/** The payload of one Ethernet frame: smaller blocks would be unlike any network. */
const BLOCK_BYTES_MIN = 1460;
const BLOCK_BYTES_MAX = 64 * KIB;

/** A chunk's part and its head go in one turn. */
const HEAD_BYTES = 64;

/** What a connection may have waiting for the uplink: enough for a timer that comes late. */
const UPLINK_QUEUE_MS = 20;

/** What may wait for the downlink beyond what the latency holds, as in the buffer of an access router. */
const DOWNLINK_QUEUE_MS = 50;
const DOWNLINK_QUEUE_BYTES_MIN = 64 * KIB;

/**
 * Bytes that a connection may have in flight where latency is given but no rate. More than Linux allows one
 * connection by default (4 MiB to send, 6 MiB to receive); with 200 ms it still lets 80 MB/s through.
 */
const UNLIMITED_WINDOW_BYTES = 16 * MIB;

export function hasLatency({ latencyMs, jitterMs }: PlannedLink): boolean {
  return latencyMs > 0 || jitterMs !== null;
}

export function isUnshaped(link: PlannedLink): boolean {
  return link.upBytesPerSec === null && link.downBytesPerSec === null && !hasLatency(link);
}

/** Into how many bytes a chunk's body is to be cut for this rate: 10 ms of it, 1,460 bytes to 64 KiB. */
export function blockBytes(bytesPerSec: number): number {
  const bytes = Math.floor((bytesPerSec * BLOCK_MS) / SECOND_MS);
  return Math.min(Math.max(bytes, BLOCK_BYTES_MIN), BLOCK_BYTES_MAX);
}

/** What a connection may send in one turn of the round robin. */
export function turnBytes(bytesPerSec: number): number {
  return blockBytes(bytesPerSec) + HEAD_BYTES;
}

/** `send` says false from here on; `onDrain` follows below half of it. null: no rate, but latency. */
export function uplinkQueueBytes(bytesPerSec: number | null): number {
  if (bytesPerSec === null) return UNLIMITED_WINDOW_BYTES;
  const bytes = (bytesPerSec * UPLINK_QUEUE_MS) / SECOND_MS;
  return Math.min(Math.max(bytes, 2 * blockBytes(bytesPerSec)), MIB);
}

/** What one connection may have received and not yet delivered; `delayMs`: the longest one-way delay so far. */
export function downlinkWindowBytes(bytesPerSec: number | null, delayMs: number): number {
  if (bytesPerSec === null) return UNLIMITED_WINDOW_BYTES;
  const bytes = (bytesPerSec * (2 * delayMs + DOWNLINK_QUEUE_MS)) / SECOND_MS;
  return Math.max(bytes, DOWNLINK_QUEUE_BYTES_MIN);
}

/** A message's one-way delay on this link, in ms. */
export function drawDelayMs({ latencyMs, jitterMs }: PlannedLink, random: Random): number {
  return jitterMs === null ? latencyMs : latencyMs + sampleDistribution(jitterMs, random);
}
