/** The pace is an average over about this time. */
const MEMORY_MS = 60_000;

/** How fast chunks come while something is owed: by turns that are waited for, unlike the rate of one that is sent. */
export class Pace {
  #bytes = 0;
  #ms = 0;

  /** `ms`: how long these bytes were waited for. */
  add(bytes: number, ms: number): void {
    this.#bytes += bytes;
    this.#ms += ms;
    if (this.#ms <= MEMORY_MS) return;
    this.#bytes /= 2;
    this.#ms /= 2;
  }

  /** Those that it is the pace of. */
  get bytes(): number {
    return this.#bytes;
  }

  get ms(): number {
    return this.#ms;
  }

  /** 0 before the first. */
  get bytesPerSec(): number {
    return this.#ms < 1 ? 0 : (this.#bytes * 1000) / this.#ms;
  }

  /** How long so many bytes take at this pace, in ms; 0 before the first. */
  msFor(bytes: number): number {
    return this.#bytes === 0 ? 0 : (bytes * this.#ms) / this.#bytes;
  }
}
