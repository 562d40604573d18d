import { addressKey } from '../address.ts';
import type { Address } from '../interfaces.ts';

/** Whom a peer deals with no more. A ban lasts as long as the peer. */
export class Bans {
  readonly #banned = new Set<string>();

  /** Whether this is news. */
  add(address: Address): boolean {
    if (this.has(address)) return false;
    this.#banned.add(addressKey(address));
    return true;
  }

  has(address: Address): boolean {
    return this.#banned.size > 0 && this.#banned.has(addressKey(address));
  }
}
