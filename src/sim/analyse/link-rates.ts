/** What a link that changes over time can carry, and how fast it ever is. */
import type { PlannedFault, PlannedLink } from '../plan/plan.ts';

export type RateKey = 'upBytesPerSec' | 'downBytesPerSec';

/** The rate moves in a straight line from the start of a piece to its end; the last has no end. */
interface Piece {
  readonly fromMs: number;
  readonly toMs: number;
  readonly fromRate: number;
  readonly toRate: number;
}

/** A time during which the rate is multiplied. */
export interface RateFactor {
  readonly fromMs: number;
  readonly toMs: number;
  readonly factor: number;
}

/**
 * The highest rate that the link ever has, in bytes/s; null when it is not limited at the start. Whatever a bound
 * assumes must not be slower than the link.
 */
export function highestRate(
  link: PlannedLink,
  direction: RateKey,
  peer: string,
  faults: readonly PlannedFault[],
): number | null {
  const first = link[direction];
  if (first === null) return null;
  const rates = link.changes.flatMap((change) => change[direction] ?? []);
  const faster = faults.map(({ effect }) =>
    effect.kind === 'slow-down' && effect.peers.includes(peer) ? Math.max(1, effect.factor) : 1,
  );
  return faster.reduce((rate, factor) => rate * factor, Math.max(first, ...rates));
}

/** Bytes that the limited direction of a link can carry between two instants, its planned changes and factors in it. */
export function carriedBytes(
  link: PlannedLink,
  direction: RateKey,
  fromMs: number,
  toMs: number,
  factors: readonly RateFactor[] = [],
): number {
  const first = link[direction];
  if (first === null || toMs <= fromMs) return 0;
  const pieces = piecesOf(first, link.changes, direction);
  const cuts = factors.flatMap((one) => [one.fromMs, one.toMs]);
  const instants = [fromMs, ...cuts.filter((ms) => ms > fromMs && ms < toMs), toMs].sort((a, b) => a - b);
  return instants.slice(1).reduce((sum, endMs, at) => {
    const startMs = instants[at]!;
    const factor = factors
      .filter((one) => one.fromMs <= startMs && one.toMs >= endMs)
      .reduce((product, one) => product * one.factor, 1);
    return sum + factor * pieces.reduce((bytes, piece) => bytes + area(piece, startMs, endMs), 0);
  }, 0);
}

function piecesOf(first: number, changes: PlannedLink['changes'], direction: RateKey): Piece[] {
  const own = changes.flatMap(({ atMs, overMs, ...change }) => {
    const rate = change[direction];
    return rate === undefined ? [] : [{ atMs, overMs, rate }];
  });
  const pieces: Piece[] = [];
  let rate = first;
  let nowMs = -Infinity;
  for (const [at, change] of own.entries()) {
    pieces.push({ fromMs: nowMs, toMs: change.atMs, fromRate: rate, toRate: rate });
    // A later change cuts a ramp that is still under way.
    const untilMs = Math.min(change.atMs + change.overMs, own[at + 1]?.atMs ?? Infinity);
    const reached =
      change.overMs === 0
        ? change.rate
        : rate + ((change.rate - rate) * (untilMs - change.atMs)) / change.overMs;
    if (change.overMs > 0)
      pieces.push({ fromMs: change.atMs, toMs: untilMs, fromRate: rate, toRate: reached });
    rate = reached;
    nowMs = untilMs;
  }
  return [...pieces, { fromMs: nowMs, toMs: Infinity, fromRate: rate, toRate: rate }];
}

function area(piece: Piece, fromMs: number, toMs: number): number {
  const startMs = Math.max(fromMs, piece.fromMs);
  const endMs = Math.min(toMs, piece.toMs);
  if (endMs <= startMs) return 0;
  const middleMs = (startMs + endMs) / 2;
  const slope =
    piece.fromRate === piece.toRate ? 0 : (piece.toRate - piece.fromRate) / (piece.toMs - piece.fromMs);
  const mean = slope === 0 ? piece.fromRate : piece.fromRate + slope * (middleMs - piece.fromMs);
  return (mean * (endMs - startMs)) / 1000;
}
