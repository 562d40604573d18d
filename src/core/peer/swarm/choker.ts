import { pick, shuffled } from '../../random.ts';
import type { Random } from '../../interfaces.ts';

/** What the choice of whom to serve looks at. */
export interface ChokeCandidate {
  readonly id: number;
  /** Wants chunks of ours. Others are not chosen. */
  readonly interested: boolean;
  readonly unchoked: boolean;
  /** The optimistic one of the last round. */
  readonly optimistic: boolean;
  /** What it lately sent to us. */
  readonly receivedBytesPerSec: number;
  /** What it got from us in all. */
  readonly sentBytes: number;
  /** It lately held a slot, took nothing and said nothing. */
  readonly resting: boolean;
}

export interface ChokeSituation {
  /** Peers served at a time. ≥ 1. */
  readonly slots: number;
  /** Nothing is needed any more, so there is nothing to give back for. */
  readonly seeding: boolean;
  /** Counts the rounds, about one a second; every third moves the optimistic unchoke on. */
  readonly round: number;
}

export interface ChokeChoice {
  readonly unchoked: ReadonlySet<number>;
  readonly optimistic: number | undefined;
}

const OPTIMISTIC_ROUNDS = 3;

/**
 * Whom to serve until the next round. A leecher gives back to those who send it most, and tries one other by
 * chance (optimistic unchoke, Cohen 2003); a seeder serves those who got least so far, and changes one slot a round.
 * Those who rest get only slots that nobody else wants: who cannot be reached gets least of all, and would otherwise keep its slot for ever.
 */
export function chooseUnchoked(
  candidates: readonly ChokeCandidate[],
  situation: ChokeSituation,
  random: Random,
): ChokeChoice {
  const interested = shuffled(
    candidates.filter((candidate) => candidate.interested),
    random,
  );
  const awake = interested.filter(({ resting }) => !resting);
  if (awake.length <= situation.slots) {
    const resting = interested.filter((candidate) => candidate.resting);
    const served = [...awake, ...resting].slice(0, situation.slots);
    return { unchoked: new Set(served.map(({ id }) => id)), optimistic: undefined };
  }
  return situation.seeding ? servingTheNeediest(awake, situation) : givingBack(awake, situation, random);
}

/**
 * One slot a round moves on: a neighbour that is far away needs a round trip to make use of a slot, and another to
 * get up to speed.
 */
function servingTheNeediest(interested: readonly ChokeCandidate[], { slots }: ChokeSituation): ChokeChoice {
  const byNeed = [...interested].sort((a, b) => a.sentBytes - b.sentBytes);
  const staying = byNeed.filter(({ unchoked }) => unchoked).slice(0, slots);
  const waiting = byNeed.filter(({ unchoked }) => !unchoked);
  const gotMost = staying.at(-1)?.sentBytes ?? 0;
  if (staying.length === slots && waiting[0] !== undefined && waiting[0].sentBytes < gotMost) staying.pop();
  const served = [...staying, ...waiting].slice(0, slots);
  return { unchoked: new Set(served.map(({ id }) => id)), optimistic: undefined };
}

function givingBack(
  interested: ChokeCandidate[],
  { slots, round }: ChokeSituation,
  random: Random,
): ChokeChoice {
  const ranked = interested.sort(
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
}
