const MEMORY_MS = 2000;

/** Bytes per second over about the last two seconds: an exponentially weighted mean, cheap to feed. */
export class RateMeter {
  #weightedBytes = 0;
  #atMs: number;
  readonly #sinceMs: number;

  constructor(nowMs: number) {
    this.#atMs = nowMs;
    this.#sinceMs = nowMs;
  }

  add(bytes: number, nowMs: number): void {
    this.#fade(nowMs);
    this.#weightedBytes += bytes;
  }

  bytesPerSec(nowMs: number): number {
    if (this.#weightedBytes === 0) return 0;
    this.#fade(nowMs);
    // A young meter has not filled its memory yet: divide by what it can have seen.
    const seenMs = MEMORY_MS * (1 - Math.exp(-(nowMs - this.#sinceMs) / MEMORY_MS));
    return seenMs < 1 ? 0 : (this.#weightedBytes * 1000) / seenMs;
  }

  #fade(nowMs: number): void {
    if (nowMs <= this.#atMs) return;
    this.#weightedBytes *= Math.exp(-(nowMs - this.#atMs) / MEMORY_MS);
    this.#atMs = nowMs;
  }
}
