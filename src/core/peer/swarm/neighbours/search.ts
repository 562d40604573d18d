import type { PeerContext } from '../../context.ts';
import { pauseMs } from './known-peers.ts';
import type { Neighbourhood } from './neighbourhood.ts';

/** So many neighbours are enough for chunks to spread as fast as with more: see docs/experiments.md. */
const NEIGHBOURS = 20;
/** Not all that are connected want something at the same time. */
const NEIGHBOURS_FOR_SLOT = 2;
/**
 * Who lacks something and was let ask by nobody for so long, or for as long as a neighbour takes for a chunk if that is
 * longer, tries others although it has neighbours enough.
 */
const STARVED_MIN_MS = 10_000;
/** Of `maxConnections`: others need places, too. */
const SHARE = 0.8;

/** How many neighbours a peer looks for by itself, and when. */
export class Search {
  readonly #context: PeerContext;
  readonly #neighbours: Neighbourhood;
  /** It has had to fetch something. */
  readonly #isLeecher: boolean;
  /** Complete, it looks for nobody before that; times in a row that it found only others who lack nothing either. */
  #pausedUntilMs = 0;
  #timesInVain = 0;
  /** What was wanted last was one more although there are enough. */
  #isTrial = false;
  #nextTrialMs = 0;
  /** Of the same time of being stranded. */
  #trials = 0;
  /** When it last lacked nothing, or somebody let it ask; at first when it began. */
  #fedMs: number;

  constructor(context: PeerContext, neighbours: Neighbourhood) {
    this.#context = context;
    this.#neighbours = neighbours;
    this.#isLeecher = !context.ledger.complete;
    this.#fedMs = context.clock.now();
  }

  /**
   * How many more it looks for now; 0: nobody. Who is stranded tries one more, and each further one after twice as long:
   * in place of one that is of no use, or beside the others when none of them lets it ask.
   *
   * @param pending how many are on their way to being neighbours
   * @param hasUseless whether somebody would give up its place to another
   */
  wanted(pending: number, hasUseless: () => boolean): number {
    this.#isTrial = false;
    const nowMs = this.#context.clock.now();
    if (!this.#isUnfed) this.#fedMs = nowMs;
    const missing = this.#target() - this.#neighbours.size - pending;
    if (missing > 0) return this.#isDone && this.#timesInVain > 0 ? 1 : missing;
    if (!this.#isStranded()) {
      this.#trials = 0;
      return 0;
    }
    const isRoom = this.isStarved && this.#neighbours.size < this.#places();
    this.#isTrial = pending === 0 && nowMs >= this.#nextTrialMs && (isRoom || hasUseless());
    return this.#isTrial ? 1 : 0;
  }

  /** There was somebody to be tried. */
  began(): void {
    if (!this.#isTrial) return;
    this.#nextTrialMs = this.#context.clock.now() + this.cappedMs(pauseMs(this.#trials++));
  }

  /** Somebody was not there: for who is starved that was no trial, and the next one need not wait. */
  couldNotTry(): void {
    if (!this.isStarved || this.#trials === 0) return;
    this.#trials--;
    this.#nextTrialMs = this.#context.clock.now();
  }

  /** It lacks something, and nobody has let it ask for a while. */
  get isStarved(): boolean {
    return this.#isUnfed && this.#context.clock.now() - this.#fedMs >= this.#starvedMs;
  }

  /** A time that doubles with each trial, in ms: who is starved does not let it grow beyond that after which it is. */
  cappedMs(ms: number): number {
    return this.isStarved ? Math.min(ms, this.#starvedMs) : ms;
  }

  /** Slots are given anew no sooner than those who have them can have had a chunk. */
  get #starvedMs(): number {
    // Chunks are of one size, but for the last one.
    const chunkBytes = this.#context.ledger.agreed(1)?.bytes ?? 0;
    return Math.max(STARVED_MIN_MS, this.#neighbours.usualPace.msFor(chunkBytes));
  }

  get #isUnfed(): boolean {
    const { serving } = this.#neighbours.standing;
    return !this.#context.ledger.complete && this.#neighbours.countIn(serving) === 0;
  }

  /** Complete, and in vain a moment ago. */
  get paused(): boolean {
    return this.#context.ledger.complete && this.#context.clock.now() < this.#pausedUntilMs;
  }

  /** Somebody whom we had looked for turned out to want nothing. Counts once for all that were tried together. */
  wasInVain(): void {
    const nowMs = this.#context.clock.now();
    if (nowMs < this.#pausedUntilMs) return;
    this.#pausedUntilMs = nowMs + pauseMs(this.#timesInVain++);
  }

  /** A chunk, or a part of it, went over a connection. */
  wasOfUse(): void {
    this.#timesInVain = 0;
  }

  get #isDone(): boolean {
    return this.#isLeecher && this.#context.ledger.complete;
  }

  /** Who lacks something looks for it; who has become complete, for as many as it can serve. */
  #target(): number {
    const { uploadSlots } = this.#context.options;
    const wanted = this.#isDone ? uploadSlots : Math.max(NEIGHBOURS, NEIGHBOURS_FOR_SLOT * uploadSlots);
    return Math.min(wanted, this.#places());
  }

  /** As many as it looks for at most. */
  #places(): number {
    return Math.ceil(SHARE * this.#context.options.maxConnections);
  }

  /** Few give anything, or nobody takes anything: somebody else might. */
  #isStranded(): boolean {
    const { interested, serving } = this.#neighbours.standing;
    if (this.#neighbours.countIn(interested) === 0) return true;
    const { ledger, options } = this.#context;
    return !ledger.complete && this.#neighbours.countIn(serving) < options.uploadSlots;
  }
}
