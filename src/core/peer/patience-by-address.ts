import { addressKey } from '../address.ts';
import { ADDRESSES_MAX, BoundedMap } from '../bounded-map.ts';
import type { Address } from '../interfaces.ts';
import { Patience } from './patience.ts';

/** How long each address is waited for, whatever becomes of the connections to it. */
export class PatienceByAddress {
  readonly #leastMs: number;
  readonly #usual: Patience | undefined;
  readonly #known = new BoundedMap<string, Patience>(ADDRESSES_MAX);

  /** `leastMs` > 0: never less than this. `learnsUsual`: an address begins with what is usual among the others. */
  constructor(leastMs: number, { learnsUsual = true } = {}) {
    this.#leastMs = leastMs;
    this.#usual = learnsUsual ? new Patience(leastMs) : undefined;
  }

  of(address: Address): Patience {
    const key = addressKey(address);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const patience = new Patience(this.#leastMs, this.#usual);
    this.#known.set(key, patience);
    return patience;
  }
}
