import { addressKey } from '../address.ts';
import { ADDRESSES_MAX, BoundedMap } from '../bounded-map.ts';
import type { Address } from '../interfaces.ts';

/** For what a remote is banned: it sent something else than this content of a chunk. */
export interface Offence {
  readonly index: number;
  /** What it should have sent, SHA-1. */
  readonly hash: string;
}

/**
 * Whom a peer deals with no more. A ban lasts as long as the peer, unless another content of the chunk comes to be
 * agreed on: then the remote may have been right. Of very many the oldest is forgotten.
 */
export class Bans {
  readonly #banned = new BoundedMap<string, Offence>(ADDRESSES_MAX);

  /** Whether this is news. */
  add(address: Address, offence: Offence): boolean {
    if (this.has(address)) return false;
    this.#banned.set(addressKey(address), offence);
    return true;
  }

  has(address: Address): boolean {
    return this.#banned.size > 0 && this.hasKey(addressKey(address));
  }

  hasKey(key: string): boolean {
    return this.#banned.has(key);
  }

  /** This is what is agreed on now. */
  review({ index, hash }: Offence): void {
    for (const [key, offence] of this.#banned) {
      if (offence.index === index && offence.hash !== hash) this.#banned.delete(key);
    }
  }
}
