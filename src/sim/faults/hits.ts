/**
 * What faults have hit, in shared memory: added to by the threads in which the peers live, and still there when such a
 * thread has been killed.
 */
export const hitFields = [
  'peersKilled',
  'connectionsCut',
  'messagesHeld',
  'connectsHeld',
  'timersHeld',
  'bytesSlowed',
  'messagesDelayed',
  'messagesSwallowed',
  'bytesSwallowed',
  'chunksCorrupted',
  'chunksShown',
  'requestsRefused',
  'unchokesWithheld',
  'writesFailed',
  'bytesWrittenSlowly',
  'waitedMs',
] as const;

export type HitField = (typeof hitFields)[number];
export type HitCounts = Readonly<Record<HitField, number>>;

/** Counts for one occurrence. */
export type CountHit = (field: HitField, count?: number) => void;

const BYTES = BigInt64Array.BYTES_PER_ELEMENT;

export class HitBoard {
  readonly buffer: SharedArrayBuffer;
  readonly #counts: BigInt64Array;

  /** Of a board that exists already: its buffer. */
  constructor(rows: number | SharedArrayBuffer) {
    this.buffer = typeof rows === 'number' ? new SharedArrayBuffer(rows * hitFields.length * BYTES) : rows;
    this.#counts = new BigInt64Array(this.buffer);
  }

  counter(id: number): CountHit {
    return (field, count = 1) => {
      const at = id * hitFields.length + hitFields.indexOf(field);
      // Several peers, in threads of their own, count for one occurrence.
      if (count > 0) Atomics.add(this.#counts, at, BigInt(Math.round(count)));
    };
  }

  /** All counts, row after row. */
  values(): number[] {
    return Array.from({ length: this.#counts.length }, (_, at) => Number(Atomics.load(this.#counts, at)));
  }

  /** To the count at that place among all. */
  add(at: number, count: number): void {
    if (at < this.#counts.length) Atomics.add(this.#counts, at, BigInt(Math.round(count)));
  }

  counts(id: number): HitCounts {
    const first = id * hitFields.length;
    return Object.fromEntries(
      hitFields.map((field, at) => [field, Number(Atomics.load(this.#counts, first + at))]),
    ) as HitCounts;
  }
}
