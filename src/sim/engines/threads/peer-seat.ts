import { FolderStore } from '../../../core/node/folder-store.ts';
import { TcpTransport } from '../../../core/node/tcp-transport.ts';
import type { SwarmEvent } from '../../../core/events.ts';
import type { Address, Clock, EventSink } from '../../../core/interfaces.ts';
import { Peer } from '../../../core/peer/peer.ts';
import { seededRandom } from '../../../core/random.ts';
import { meteredTransport } from '../../network/metered-transport.ts';
import { shapedTransport } from '../../network/shaped-transport.ts';
import type { NodeCounters } from './counters.ts';
import type { Seat } from './messages.ts';
import { Severable } from './severable.ts';

export interface PeerSeatComponents {
  readonly clock: Clock;
  readonly counters: NodeCounters;
  readonly events: EventSink;
  readonly tracker: Address;
  /** Whether the thread has other peers, which must survive this one's crash. */
  readonly shared: boolean;
  /** Called once, when the stay is over and nothing of it is open any more. */
  onGone(): void;
}

/** One stay of one peer in its worker: from opening its folder to closing its last socket. */
export class PeerSeat {
  readonly #components: PeerSeatComponents;
  readonly #seat: Seat;
  #store: FolderStore | undefined;
  #peer: Peer | undefined;
  #severable: Severable | undefined;
  #joinTimer: ReturnType<Clock['setTimer']> | undefined;
  #started = false;
  #gone = false;

  constructor(components: PeerSeatComponents, seat: Seat) {
    this.#components = components;
    this.#seat = seat;
  }

  /**
   * Verifies what the folder holds, as any peer does that comes back, and gets everything ready: joining is then only
   * to listen.
   *
   * @throws {StoreError} the folder cannot be used
   */
  async open(): Promise<void> {
    const { folder, known } = this.#seat;
    const store = await FolderStore.open(folder, { knownChunks: known, verify: known.length === 0 });
    if (this.#gone) store.close();
    else this.#prepare(store);
  }

  /** `atMs` on the shared clock; at once when that is past. */
  join(atMs: number): void {
    const { clock } = this.#components;
    this.#joinTimer = clock.setTimer(Math.max(0, atMs - clock.now()), () => {
      this.#started = true;
      this.#peer?.start();
    });
  }

  leave(): void {
    if (this.#started) this.#peer?.leave();
    else this.#finish();
  }

  /** Ends as if the thread had been killed: without a word to anybody. */
  drop(): void {
    this.#severable?.sever();
    this.#finish();
  }

  #prepare(store: FolderStore): void {
    const { clock, counters, tracker, shared } = this.#components;
    const { seed, link, options } = this.#seat;
    this.#store = store;
    const random = seededRandom(seed);
    const tcp = new TcpTransport({ clock }, { totalChunks: store.totalChunks });
    const base = {
      clock,
      transport: shapedTransport(
        meteredTransport(tcp, counters),
        { clock, random: random.fork('link') },
        link,
        counters,
      ),
      events: { emit: (event: SwarmEvent) => this.#heard(event) },
    };
    this.#severable = shared ? new Severable(base) : undefined;
    const { transport, events, clock: peerClock } = this.#severable ?? base;
    this.#peer = new Peer(
      { clock: peerClock, random: random.fork('peer'), transport, store, events },
      { ...options, tracker },
    );
  }

  #heard(event: SwarmEvent): void {
    if (event.type === 'chunk-received') this.#components.counters.usefulBytes += event.bytes;
    this.#components.events.emit(event);
    if (event.type === 'peer-left') this.#finish();
  }

  #finish(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#joinTimer?.cancel();
    this.#store?.close();
    this.#components.onGone();
  }
}
