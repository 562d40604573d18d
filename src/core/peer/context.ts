import type { Address, EventSink } from '../interfaces.ts';
import type { Untold } from '../events.ts';
import { Bans, type Offence } from './bans.ts';
import type { Ledger } from './ledger.ts';
import type { PeerComponents, PeerOptions } from './options.ts';
import type { Picker } from './swarm/pickers/picker.ts';
import { pickers } from './swarm/pickers/pickers.ts';

/** What the parts of one peer share. */
export class PeerContext implements PeerComponents {
  readonly clock: PeerComponents['clock'];
  readonly random: PeerComponents['random'];
  readonly transport: PeerComponents['transport'];
  readonly store: PeerComponents['store'];
  readonly events: EventSink;
  readonly picker: Picker;
  readonly options: PeerOptions;
  readonly ledger: Ledger;
  /** Where this peer listens; known once it does. */
  ownPort = 0;
  readonly #bans = new Bans();

  constructor(components: PeerComponents, options: PeerOptions, ledger: Ledger) {
    this.clock = components.clock;
    this.random = components.random;
    this.transport = components.transport;
    this.store = components.store;
    this.events = components.events;
    this.options = options;
    this.picker = components.picker ?? pickers[options.picker];
    this.ledger = ledger;
  }

  tell(event: Untold): void {
    this.events.emit({ ...event, atMs: this.clock.now(), peer: this.options.name });
  }

  /** The remote sent a bad chunk: it is not dealt with again while the same content is agreed on. */
  ban(address: Address, offence: Offence, reason: string): void {
    if (this.#bans.add(address, offence)) this.tell({ type: 'peer-banned', address, reason });
  }

  /** The tracker sent the agreed content. A peer that was banned for other content than before may be right. */
  agreed(now: Offence): void {
    this.#bans.review(now);
  }

  isBanned(address: Address): boolean {
    return this.#bans.has(address);
  }

  /** By the key of the address. */
  isBannedKey(key: string): boolean {
    return this.#bans.hasKey(key);
  }
}
