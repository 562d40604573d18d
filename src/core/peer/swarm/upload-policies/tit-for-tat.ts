import { pick } from '../../../random.ts';
import { leastServed } from './least-served.ts';
import type { UploadPolicy } from './upload-policy.ts';

const OPTIMISTIC_ROUNDS = 3;

/**
 * A leecher gives back to those who send it most, and tries one other by chance (optimistic unchoke, Cohen 2003); a
 * seeder, to whom nobody sends, serves those who got least.
 */
export const titForTat: UploadPolicy = (interested, situation, random) => {
  const { slots, round, seeding } = situation;
  if (seeding) return leastServed(interested, situation, random);
  const ranked = interested.toSorted(
    (a, b) => b.receivedBytesPerSec - a.receivedBytesPerSec || Number(b.unchoked) - Number(a.unchoked),
  );
  const regularSlots = Math.max(1, slots - 1);
  const unchoked = new Set(ranked.slice(0, regularSlots).map(({ id }) => id));
  if (slots === 1) return { unchoked, optimistic: undefined };
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
