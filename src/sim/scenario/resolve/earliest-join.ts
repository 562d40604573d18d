import { assertNever } from '../../../core/errors.ts';
import type { Arrival } from '../language/scenario.ts';

/**
 * Before it no peer of the group joins, in ms.
 *
 * @param index of one of its peers, from 0; default: of all. A trace may have no row for it, and tell nothing then: 0
 * @returns Infinity for a trace without rows
 */
export function earliestJoinMs(arrival: Arrival, index?: number): number {
  switch (arrival.kind) {
    case 'spaced':
      return arrival.startMs + arrival.gapMs * (index ?? 0);
    case 'poisson':
      return arrival.startMs;
    case 'uniform':
      return arrival.fromMs;
    case 'trace':
      if (index !== undefined) return arrival.rows[index]?.joinMs ?? 0;
      return Math.min(...arrival.rows.map((row) => row.joinMs));
    default:
      return assertNever(arrival);
  }
}
