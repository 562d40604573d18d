import type { Random } from '../../../interfaces.ts';

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

/**
 * Chooses whom to serve until the next round: a pure function of those who want to be served, in random order and more
 * of them than there are slots, and of chance. Every slot is given.
 */
export type UploadPolicy = (
  interested: readonly ChokeCandidate[],
  situation: ChokeSituation,
  random: Random,
) => ChokeChoice;
