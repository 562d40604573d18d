import { BoundedMap } from '../../bounded-map.ts';
import type { Clock } from '../../interfaces.ts';

const BACK_OFF_MIN_MS = 1000;
const BACK_OFF_MAX_MS = 30_000;
/** Pauses remembered, of holders and of single chunks of theirs. */
const PAUSES_MAX = 20_000;

interface Pause {
  readonly untilMs: number;
  readonly delayMs: number;
}

/** Whom not to ask for a while: 1 s after a failure, twice as long after each further one, up to 30 s. */
export class HolderBackOff {
  readonly #clock: Clock;
  readonly #pauses = new BoundedMap<string, Pause>(PAUSES_MAX);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `holder` is an address key. */
  mayAsk(holder: string, index: number): boolean {
    return !this.#isPaused(holder) && !this.#isPaused(chunkOf(holder, index));
  }

  /** The holder could not be reached, or broke off. */
  failed(holder: string): void {
    this.#pause(holder);
  }

  /** The holder did not give this chunk; it may well give others. */
  lacks(holder: string, index: number): void {
    this.#pause(chunkOf(holder, index));
  }

  gave(holder: string, index: number): void {
    this.#pauses.delete(holder);
    this.#pauses.delete(chunkOf(holder, index));
  }

  #isPaused(key: string): boolean {
    const pause = this.#pauses.get(key);
    return pause !== undefined && pause.untilMs > this.#clock.now();
  }

  #pause(key: string): void {
    const before = this.#pauses.get(key)?.delayMs ?? BACK_OFF_MIN_MS / 2;
    const delayMs = Math.min(before * 2, BACK_OFF_MAX_MS);
    this.#pauses.set(key, { delayMs, untilMs: this.#clock.now() + delayMs });
  }
}

function chunkOf(holder: string, index: number): string {
  return `${holder}/${index}`;
}
