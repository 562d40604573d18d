/**
 * Tells our tracker from one written by others, without sending anything that a stranger could misread: ours ends
 * every answer with one newline.
 *
 * A newline after holders is not enough. Some trackers store a port as it came and hand it out with the newline
 * that a careless client had put behind it; such a port may be the last of any list. So these answers decide:
 *
 * - CHUNK_LOCATION_UNKNOWN with the newline: it repeats nothing but the index, which we sent bare;
 * - GET_CHUNK_FROM with the newline right behind our own port, which we announced bare;
 * - any answer without a newline: the tracker is not ours.
 *
 * After a newline that decides nothing it is worth asking about a chunk that we have announced ourselves.
 */
import { addressKey } from '../../address.ts';
import type { Address } from '../../interfaces.ts';
import type { ChunkFrom, ChunkUnknown } from '../../protocol/messages.ts';

export type TrackerKind = 'unknown' | 'ours' | 'foreign';

/** Questions about own chunks that one connection spends on finding out. */
const TESTS_MAX = 3;

export class TrackerRecogniser {
  readonly #own: Address;
  #kind: TrackerKind;
  #undecided = false;
  #tests = 0;

  constructor(own: Address, trackerIsOurs: boolean) {
    this.#own = own;
    this.#kind = trackerIsOurs ? 'ours' : 'unknown';
  }

  get kind(): TrackerKind {
    return this.#kind;
  }

  /** Whether to ask about a chunk of our own: the tracker may be ours, and only that can tell. */
  get wantsTest(): boolean {
    return this.#kind === 'unknown' && this.#undecided && this.#tests < TESTS_MAX;
  }

  tested(): void {
    this.#tests++;
  }

  /** Reads the mark of an answer; `announced` tells whether we announced its chunk on this connection. */
  judge(answer: ChunkFrom | ChunkUnknown, announced: boolean): void {
    if (this.#kind !== 'unknown') return;
    if (answer.terminated !== true) {
      this.#kind = 'foreign';
      return;
    }
    const last = answer.type === 'chunk-from' ? answer.holders.at(-1) : undefined;
    const lastIsOurs = last !== undefined && announced && addressKey(last) === addressKey(this.#own);
    if (answer.type === 'chunk-unknown' || lastIsOurs) this.#kind = 'ours';
    else this.#undecided = true;
  }
}
