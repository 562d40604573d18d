/**
 * Tells our tracker from one written by others, without sending anything that a stranger could misread: ours ends
 * every answer with one newline.
 *
 * A newline after holders is not enough. Some trackers store a port as it came and hand it out with the newline
 * that a careless client had put behind it; such a port may be the last of any list. So these answers decide:
 *
 * - CHUNK_LOCATION_UNKNOWN with the newline: it repeats nothing but the index, which we sent bare;
 * - any answer without a newline: the tracker is not ours.
 *
 * After a newline that decides nothing it is worth asking about a chunk that nobody holds.
 */
import type { ChunkFrom, ChunkUnknown } from '../../protocol/messages.ts';

export type TrackerKind = 'unknown' | 'ours' | 'foreign';

/** Questions about chunks that nobody holds that one connection spends on finding out. */
const TESTS_MAX = 3;

export class TrackerRecogniser {
  #kind: TrackerKind;
  #undecided = false;
  #tests = 0;

  constructor(trackerIsOurs: boolean) {
    this.#kind = trackerIsOurs ? 'ours' : 'unknown';
  }

  get kind(): TrackerKind {
    return this.#kind;
  }

  /** Whether to ask about a chunk that nobody holds: the tracker may be ours, and only that can tell. */
  get wantsTest(): boolean {
    return this.#kind === 'unknown' && this.#undecided && this.#tests < TESTS_MAX;
  }

  /** How many such questions were asked. */
  get tests(): number {
    return this.#tests;
  }

  tested(): void {
    this.#tests++;
  }

  /** Reads the mark of an answer. */
  judge(answer: ChunkFrom | ChunkUnknown): void {
    if (this.#kind !== 'unknown') return;
    if (answer.terminated !== true) this.#kind = 'foreign';
    else if (answer.type === 'chunk-unknown') this.#kind = 'ours';
    else this.#undecided = true;
  }
}
