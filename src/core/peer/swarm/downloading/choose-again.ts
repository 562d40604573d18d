import type { Ledger } from '../../ledger.ts';
import type { Neighbour } from '../neighbours/neighbour.ts';
import type { Pace } from '../neighbours/pace.ts';
import type { Drafts } from './drafts.ts';
import { chooseDuplicate } from './end-game.ts';
import { chooseSecond } from './second-requests.ts';

/** What a choice among chunks that were requested already needs to know. */
export interface Requested {
  readonly ledger: Ledger;
  readonly drafts: Drafts;
  /** Of all neighbours. */
  readonly usualPace: Pace;
  /** Those who have requests of ours. */
  owed(): readonly Neighbour[];
}

/**
 * A chunk that another neighbour was asked for, and that this one, which has nothing to do, should bring as well.
 * undefined: there is none, or it has something to do.
 */
export function chooseAgain(neighbour: Neighbour, requested: Requested, nowMs: number): number | undefined {
  if (neighbour.requests.size > 0) return undefined;
  const { ledger, drafts, usualPace } = requested;
  const owed = requested.owed();
  const bytesHere = (index: number): number => drafts.restFor(neighbour, index)?.bytes ?? 0;
  return (
    chooseSecond(neighbour, owed, ledger, nowMs) ??
    chooseDuplicate(neighbour, owed, { ledger, bytesHere, usualPace }, nowMs)
  );
}
