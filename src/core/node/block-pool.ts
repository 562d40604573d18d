import { KIB } from '../units.ts';

/** What a connection asks of a store at a time, see `blockBytes`. */
const BLOCK_BYTES = 256 * KIB;
/** Smaller pieces cost less to allocate than to keep. */
const POOLED_BYTES_MIN = 64 * KIB;
/** Blocks kept for the next to take, so many at most. */
const FREE_MAX = 16;

const free: ArrayBufferLike[] = [];
/** Blocks that were taken, and with how many bytes. A block that is not returned costs only its memory. */
const taken = new WeakMap<ArrayBufferLike, number>();

/**
 * A buffer of up to 256 KiB for a piece of a chunk that is about to be sent. A fresh one costs more than reading the
 * piece into it: the system has to find and clear its pages. So this thread uses them again, see `giveBackBlock`.
 */
export function takeBlock(bytes: number): Buffer {
  if (bytes < POOLED_BYTES_MIN || bytes > BLOCK_BYTES) return Buffer.allocUnsafe(bytes);
  const block = free.pop() ?? new ArrayBuffer(BLOCK_BYTES);
  taken.set(block, bytes);
  return Buffer.from(block, 0, bytes);
}

/** Whether the piece is to be given back. */
export function isBlock(piece: Uint8Array): boolean {
  return piece.byteLength >= POOLED_BYTES_MIN && taken.get(piece.buffer) === piece.byteLength;
}

/**
 * The piece has left for good, and nobody reads it any more. Anything but a whole piece of `takeBlock`, a part of one
 * or one that was given back before, is let be.
 */
export function giveBackBlock(piece: Uint8Array): void {
  if (!isBlock(piece)) return;
  taken.delete(piece.buffer);
  if (free.length < FREE_MAX) free.push(piece.buffer);
}
