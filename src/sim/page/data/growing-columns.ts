/** Columns of numbers that grow: a row of a million takes a few bytes, not an object. */
type Numbers = Float64Array | Float32Array | Uint32Array | Uint8Array;

const kinds = { double: Float64Array, single: Float32Array, whole: Uint32Array, small: Uint8Array } as const;
type Kind = keyof typeof kinds;
type Columns<K extends string> = Readonly<Record<K, Numbers>>;

const ROWS_AT_FIRST = 1024;

export class GrowingColumns<K extends string> {
  readonly #names: readonly K[];
  readonly #kinds: Readonly<Record<K, Kind>>;
  #columns: Record<K, Numbers>;
  #room = ROWS_AT_FIRST;
  #rows = 0;

  constructor(columns: Readonly<Record<K, Kind>>) {
    this.#kinds = columns;
    this.#names = Object.keys(columns) as K[];
    this.#columns = this.#made(this.#room);
  }

  add(row: Readonly<Record<K, number>>): void {
    if (this.#rows === this.#room) this.#grow();
    for (const name of this.#names) this.#columns[name][this.#rows] = row[name];
    this.#rows++;
  }

  /** All rows, without the room behind them. */
  columns(): Columns<K> {
    const entries = this.#names.map((name) => [name, this.#columns[name].subarray(0, this.#rows)] as const);
    return Object.fromEntries(entries) as Columns<K>;
  }

  #grow(): void {
    this.#room *= 2;
    const larger = this.#made(this.#room);
    for (const name of this.#names) larger[name].set(this.#columns[name]);
    this.#columns = larger;
  }

  #made(rows: number): Record<K, Numbers> {
    return Object.fromEntries(
      this.#names.map((name) => [name, new kinds[this.#kinds[name]](rows)]),
    ) as Record<K, Numbers>;
  }
}
