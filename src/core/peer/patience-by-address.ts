import { addressKey } from '../address.ts';
import type { Address } from '../interfaces.ts';
import { Patience } from './patience.ts';

/** Addresses remembered; when there are more, the oldest is forgotten. */
const ADDRESSES_MAX = 2_000;

/** How long each address is waited for, whatever becomes of the connections to it. */
export class PatienceByAddress {
  readonly #leastMs: number;
  readonly #usual: Patience | undefined;
  readonly #known = new Map<string, Patience>();

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
    if (this.#known.size >= ADDRESSES_MAX) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(key, patience);
    return patience;
  }
}
