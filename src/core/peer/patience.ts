const BACK_OFF_MAX = 2 ** 12;

/**
 * How long to wait for an answer. Follows the smoothed time that answers take and its variation, as TCP's
 * retransmission time-out does (RFC 6298). A limit that expires doubles; the next answer undoes that.
 */
export class Patience {
  readonly #leastMs: number;
  readonly #parent: Patience | undefined;
  #smoothedMs: number | undefined;
  #variationMs = 0;
  #backOff = 1;

  /** `leastMs` > 0: the minimum. `parent`: has heard other answers, and gives the limit before the first own one. */
  constructor(leastMs: number, parent?: Patience) {
    this.#leastMs = leastMs;
    this.#parent = parent;
  }

  /** In ms. */
  get limitMs(): number {
    const usualMs = this.#smoothedMs === undefined ? (this.#parent?.limitMs ?? 0) : 0;
    const followedMs = (this.#smoothedMs ?? 0) + 4 * this.#variationMs;
    return Math.max(usualMs, Math.max(this.#leastMs, followedMs) * this.#backOff);
  }

  /** An answer, or the next part of one, took this time. */
  heard(tookMs: number): void {
    this.#parent?.heard(tookMs);
    this.#backOff = 1;
    if (this.#smoothedMs === undefined) return this.expect(tookMs);
    this.#variationMs += (Math.abs(tookMs - this.#smoothedMs) - this.#variationMs) / 4;
    this.#smoothedMs += (tookMs - this.#smoothedMs) / 8;
  }

  /** Before the first answer: its expected time. Does not undo a doubling. */
  expect(tookMs: number): void {
    if (this.#smoothedMs !== undefined) return;
    this.#smoothedMs = tookMs;
    this.#variationMs = tookMs / 2;
  }

  /** The limit expired without an answer. */
  struck(): void {
    this.#backOff = Math.min(this.#backOff * 2, BACK_OFF_MAX);
    if (this.#smoothedMs === undefined) this.#parent?.struck();
  }
}
