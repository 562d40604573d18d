import type { Clock, Timer } from '../../interfaces.ts';
import { Patience } from '../patience.ts';

/** A question that is not answered by then is asked again, once; longer where answers take longer. */
export const ANSWER_TIMEOUT_MS = 5000;

/** Questions that the tracker has not answered yet, and how long its answers are waited for. */
export class OpenQuestions {
  readonly #clock: Clock;
  readonly #onSilence: () => void;
  readonly #patience = new Patience(ANSWER_TIMEOUT_MS);
  /** When each was asked. */
  readonly #askedMs = new Map<number, number>();
  #timer: Timer | undefined;
  /** Something came in since the last question. */
  #heard = false;
  /** Times that an answer was waited for in vain. */
  #silences = 0;

  /** @param onSilence no answer came in time; questions stay open */
  constructor(clock: Clock, onSilence: () => void) {
    this.#clock = clock;
    this.#onSilence = onSilence;
  }

  get size(): number {
    return this.#askedMs.size;
  }

  get indices(): number[] {
    return [...this.#askedMs.keys()];
  }

  get heard(): boolean {
    return this.#heard;
  }

  get silences(): number {
    return this.#silences;
  }

  has(index: number): boolean {
    return this.#askedMs.has(index);
  }

  add(index: number): void {
    this.#askedMs.set(index, this.#clock.now());
    this.#heard = false;
    if (this.#askedMs.size === 1) this.#wait();
  }

  /** Something came in: the answer to this question, perhaps. */
  hear(index: number): void {
    const askedMs = this.#askedMs.get(index);
    if (askedMs !== undefined) this.#patience.heard(this.#clock.now() - askedMs);
    this.#silences = 0;
    this.#heard = true;
  }

  close(index: number): void {
    if (this.#askedMs.delete(index)) this.#wait();
  }

  /** Nothing is waited for any more. */
  clear(): void {
    this.#timer?.cancel();
    this.#askedMs.clear();
  }

  /** A new connection is established; connecting took this time. */
  begin(roundTripMs: number): void {
    this.#patience.expect(roundTripMs);
  }

  /** The silences of an earlier connection do not count. */
  forgetSilences(): void {
    this.#silences = 0;
  }

  /** From now on answers are waited for twice as long. */
  waitLonger(): void {
    this.#patience.struck();
  }

  #wait(): void {
    this.#timer?.cancel();
    if (this.#askedMs.size === 0) return;
    this.#timer = this.#clock.setTimer(this.#patience.limitMs, () => {
      this.#silences++;
      this.#onSilence();
    });
  }
}
