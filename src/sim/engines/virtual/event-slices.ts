import { setImmediate } from 'node:timers/promises';
import { LocalProtocolError } from '../../../core/errors.ts';
import { SECOND_MS } from '../../../core/units.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Events between two looks at whether somebody has interrupted the run. */
const EVENTS_PER_SLICE = 2000;

export interface SliceHandlers {
  /** Asked after each event. */
  readonly isOver: () => boolean;
  /** Before each slice. Returns whether to stop here. */
  readonly between: () => boolean;
}

/** Fires the events of a clock in slices, between which other things of the process happen. Their order is the same. */
export class EventSlices {
  readonly #clock: VirtualClock;
  readonly #mostAtOnce: number;
  #eventsAtOnce = 0;

  /** `mostAtOnce`: more events than so many at one time cannot be. */
  constructor({ clock }: { readonly clock: VirtualClock }, mostAtOnce: number) {
    this.#clock = clock;
    this.#mostAtOnce = mostAtOnce;
  }

  /**
   * Until it is over, stopped, or no event is left up to `untilMs`.
   *
   * @throws {LocalProtocolError} the time does not pass: no limit of time would end that
   */
  async fire({ isOver, between }: SliceHandlers, untilMs = Infinity): Promise<void> {
    while (!between()) {
      const fromMs = this.#clock.now();
      let left = EVENTS_PER_SLICE;
      const isCut = this.#clock.runUntil(() => isOver() || left-- <= 0, untilMs);
      if (!isCut || isOver()) return;
      this.#checkTime(fromMs);
      await setImmediate();
    }
  }

  #checkTime(fromMs: number): void {
    const atMs = this.#clock.now();
    this.#eventsAtOnce = atMs === fromMs ? this.#eventsAtOnce + EVENTS_PER_SLICE : 0;
    if (this.#eventsAtOnce <= this.#mostAtOnce) return;
    throw new LocalProtocolError(
      `time stands still: at ${(atMs / SECOND_MS).toFixed(3)} s of virtual time more than ${this.#mostAtOnce} events ` +
        'have happened, and there are more to come',
    );
  }
}
