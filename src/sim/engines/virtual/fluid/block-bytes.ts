import { KIB, MIB, SECOND_MS } from '../../../../core/units.ts';
import { windowBlockBytes } from '../../../network/link-sizes.ts';

/** What is at most one segment of an Ethernet is no transfer of its own, and no chunk is cut into less. */
export const SMALL_BYTES = 1460;

/** A part takes about so long where nobody shares the slower link: little enough to tell of a chunk's progress. */
const BLOCK_MS = 250;
const BLOCK_BYTES_MAX = 16 * MIB;

export const UNLIMITED_BLOCK_BYTES = 256 * KIB;

/** Into how many bytes a chunk is to be cut: 250 ms of the slower rate. null: no rate; undefined: no TCP window. */
export function fluidBlockBytes(
  upBytesPerSec: number | null,
  downBytesPerSec: number | null,
  windowBytes: number | undefined,
): number {
  const slower = Math.min(upBytesPerSec ?? Infinity, downBytesPerSec ?? Infinity);
  const paced = Math.min(Math.max(Math.floor((slower * BLOCK_MS) / SECOND_MS), SMALL_BYTES), BLOCK_BYTES_MAX);
  const bytes = slower === Infinity ? UNLIMITED_BLOCK_BYTES : paced;
  return windowBytes === undefined ? bytes : Math.min(bytes, windowBlockBytes(windowBytes));
}
