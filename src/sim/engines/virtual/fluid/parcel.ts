import { passesParts } from '../../../network/passing.ts';
import type { Arriving } from './arrivals.ts';
import type { Sent } from './route-options.ts';

/** One message on its way. */
export class Parcel implements Arriving {
  readonly sent: Sent;
  readonly bytes: number;
  /** The link serves it as a transfer of its own. */
  isTransfer = false;
  /** Of the body of a chunk. */
  readonly isPart: boolean;
  readonly #route: { arrive(parcel: Parcel): void };

  constructor(route: { arrive(parcel: Parcel): void }, sent: Sent, bytes: number) {
    this.#route = route;
    this.sent = sent;
    this.bytes = bytes;
    this.isPart = sent !== 'end' && (sent.type === 'chunk' || sent.type === 'raw');
  }

  /** On sockets it goes between two slices of a chunk; here a chunk is one transfer, and it passes that. */
  get passesParts(): boolean {
    return this.sent !== 'end' && passesParts(this.sent);
  }

  arrive(): void {
    this.#route.arrive(this);
  }
}
