import type { Dials } from '../../network/link-control.ts';

/** With all that follows, each takes two threads about a third of a millisecond to a millisecond. */
const DIALS_PER_TURN = 8;

/**
 * Lets the peers of a thread open few connections in each turn of its event loop, one peer after another: hundreds that
 * join at once neither keep all timers waiting, nor does one know all its neighbours before another has the first.
 */
export class DialTurns implements Dials {
  /** Of each who waits, the oldest first; who is next stands first. */
  readonly #waiting = new Map<object, (() => void)[]>();
  #left = DIALS_PER_TURN;
  #next: NodeJS.Immediate | undefined;

  enter(who: object, dial: () => void): void {
    this.#next ??= setImmediate(() => this.#takeTurn());
    if (this.#left > 0 && this.#waiting.size === 0) {
      this.#left--;
      dial();
      return;
    }
    const own = this.#waiting.get(who);
    if (own === undefined) this.#waiting.set(who, [dial]);
    else own.push(dial);
  }

  #takeTurn(): void {
    this.#next = this.#waiting.size > 0 ? setImmediate(() => this.#takeTurn()) : undefined;
    this.#left = DIALS_PER_TURN;
    for (const [who, [dial, ...later]] of this.#waiting) {
      if (this.#left-- <= 0) break;
      this.#waiting.delete(who);
      if (later.length > 0) this.#waiting.set(who, later);
      dial!();
    }
  }
}
