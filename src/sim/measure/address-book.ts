import { addressKey } from '../../core/address.ts';
import type { SwarmEvent } from '../../core/events.ts';
import type { Address } from '../../core/interfaces.ts';
import type { EventFold } from './event-fold.ts';

/** Who listens at an address. */
export interface Owner {
  /** The peer's name; `host:port` while nobody of the plan has listened there (a client from outside). */
  readonly name: string;
}

interface Listening {
  readonly atMs: number;
  readonly owner: { name: string };
}

/** Tells which peer listened at an address at some time: ports may be given again to others. */
export class AddressBook implements EventFold {
  readonly #listening = new Map<string, Listening[]>();

  see(event: SwarmEvent): void {
    if (event.type !== 'peer-joined') return;
    const { peer: name, atMs, address } = event;
    const key = addressKey(address);
    const known = this.#listening.get(key);
    const last = known?.at(-1)?.owner;
    if (known === undefined) this.#listening.set(key, [{ atMs, owner: { name } }]);
    // Clocks of two threads differ a little: an event may seem to precede the join that it speaks of.
    else if (known.length === 1 && last!.name === key) last!.name = name;
    else known.push({ atMs, owner: last!.name === name ? last! : { name } });
  }

  /** Its name is right when all events have been seen. */
  ownerOf(address: Address, atMs: number): Owner {
    const key = addressKey(address);
    let known = this.#listening.get(key);
    if (known === undefined) this.#listening.set(key, (known = [{ atMs, owner: { name: key } }]));
    return (known.findLast((listening) => listening.atMs <= atMs) ?? known[0]!).owner;
  }

  nameOf(address: Address, atMs: number): string {
    return this.ownerOf(address, atMs).name;
  }
}
