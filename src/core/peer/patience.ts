const BACK_OFF_MAX = 2 ** 12;

/**
 * How long an answer is waited for. Follows the smoothed time that answers take and its variation, as TCP's
 * retransmission time-out does (RFC 6298); a limit that strikes doubles, and the next answer takes that back.
 */
export class Patience {
  readonly #leastMs: number;
  readonly #parent: Patience | undefined;
  #smoothedMs: number | undefined;
  #variationMs = 0;
  #backOff = 1;

  /** `leastMs` > 0: never less than this. `parent`: knows of others, and tells what is usual before the first answer. */
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

  /** An answer, or the next part of one, took so long. */
  heard(tookMs: number): void {
    this.#parent?.heard(tookMs);
    this.#backOff = 1;
    if (this.#smoothedMs === undefined) return this.expect(tookMs);
    this.#variationMs += (Math.abs(tookMs - this.#smoothedMs) - this.#variationMs) / 4;
    this.#smoothedMs += (tookMs - this.#smoothedMs) / 8;
  }

  /** Before the first answer: it will take about so long. Takes no doubling back. */
  expect(tookMs: number): void {
    if (this.#smoothedMs !== undefined) return;
    this.#smoothedMs = tookMs;
    this.#variationMs = tookMs / 2;
  }

  /** The limit went by without an answer. */
  struck(): void {
    this.#backOff = Math.min(this.#backOff * 2, BACK_OFF_MAX);
    if (this.#smoothedMs === undefined) this.#parent?.struck();
  }
}
