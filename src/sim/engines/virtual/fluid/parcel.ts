import type { Message } from '../../../../core/protocol/messages.ts';
import type { Arriving } from './arrivals.ts';
import type { Sent } from './route-options.ts';

/**
 * What the parts of a chunk need not come before. On sockets a chunk is handed over in blocks of 1 ms, and such a
 * message goes between two of them; here a chunk is one transfer, and it passes that.
 */
const PASSING: ReadonlySet<Message['type']> = new Set<Message['type']>([
  'have',
  'have-many',
  'interested',
  'not-interested',
  'choke',
  'unchoke',
  'request',
  'cancel',
  'keep-alive',
]);

/** One message on its way. */
export class Parcel implements Arriving {
  readonly sent: Sent;
  readonly bytes: number;
  /** The link serves it as a transfer of its own. */
  isTransfer = false;
  readonly #route: { arrive(parcel: Parcel): void };

  constructor(route: { arrive(parcel: Parcel): void }, sent: Sent, bytes: number) {
    this.#route = route;
    this.sent = sent;
    this.bytes = bytes;
  }

  get isPart(): boolean {
    return this.sent !== 'end' && (this.sent.type === 'chunk' || this.sent.type === 'raw');
  }

  get passesParts(): boolean {
    return this.sent !== 'end' && PASSING.has(this.sent.type);
  }

  arrive(): void {
    this.#route.arrive(this);
  }
}
