import { pick } from '../../../random.ts';
import { leastServed } from './least-served.ts';
import type { ChokeCandidate, UploadPolicy } from './upload-policy.ts';

const OPTIMISTIC_ROUNDS = 3;

/**
 * A leecher gives back to those who send it most, and tries one other by chance (optimistic unchoke, Cohen 2003); a
 * seeder, to whom nobody sends, serves those who got least.
 */
export const titForTat: UploadPolicy = (interested, situation, random) => {
  const { slots, round, seeding } = situation;
  if (seeding) return leastServed(interested, situation, random);
  // Most often one slot has become free.
  if (slots === 1) return { unchoked: new Set([bestOf(interested).id]), optimistic: undefined };
  const ranked = interested.toSorted(compare);
  const regularSlots = slots - 1;
  const unchoked = new Set(ranked.slice(0, regularSlots).map(({ id }) => id));
  const others = ranked.slice(regularSlots);
  const stays = round % OPTIMISTIC_ROUNDS === 0 ? undefined : others.find(({ optimistic }) => optimistic);
  const optimistic = (
    stays ??
    pick(
      others.filter((other) => !other.optimistic),
      random,
    ) ??
    others[0]
  )?.id;
  if (optimistic !== undefined) unchoked.add(optimistic);
  return { unchoked, optimistic };
};

/** Below 0: the first comes before the other. */
function compare(a: ChokeCandidate, b: ChokeCandidate): number {
  return b.receivedBytesPerSec - a.receivedBytesPerSec || Number(b.unchoked) - Number(a.unchoked);
}

/** Of several that are alike the first. */
function bestOf(candidates: readonly ChokeCandidate[]): ChokeCandidate {
  let best = candidates[0]!;
  for (const candidate of candidates) if (compare(candidate, best) < 0) best = candidate;
  return best;
}
