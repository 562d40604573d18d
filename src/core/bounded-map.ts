/** Addresses of others that a peer remembers something about. */
export const ADDRESSES_MAX = 2_000;

/**
 * A map for keys that others choose, such as the addresses that they claim: when there are more entries than `max`, the
 * one that was set longest ago is forgotten. Do not set while iterating.
 */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
  readonly #max: number;

  /** `max` ≥ 1. */
  constructor(max: number) {
    super();
    this.#max = max;
  }

  override set(key: Key, value: Value): this {
    this.delete(key);
    super.set(key, value);
    if (this.size > this.#max) this.delete(this.keys().next().value!);
    return this;
  }
}
