/** What a link that changes over time can carry, and how fast it ever is. */
import { SECOND_MS } from '../../core/units.ts';
import { changesOf, Curve } from '../network/curve.ts';
import type { PlannedFault, PlannedLink } from '../plan/plan.ts';

export type RateKey = 'upBytesPerSec' | 'downBytesPerSec';

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
  const rate = new Curve(first, changesOf(link, direction));
  const cuts = factors.flatMap((one) => [one.fromMs, one.toMs]);
  const instants = [fromMs, ...cuts.filter((ms) => ms > fromMs && ms < toMs), toMs].sort((a, b) => a - b);
  return instants.slice(1).reduce((sum, endMs, at) => {
    const startMs = instants[at]!;
    const factor = factors
      .filter((one) => one.fromMs <= startMs && one.toMs >= endMs)
      .reduce((product, one) => product * one.factor, 1);
    return sum + (factor * rate.between(startMs, endMs)) / SECOND_MS;
  }, 0);
}
