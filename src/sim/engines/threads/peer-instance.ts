import { FolderStore } from '../../../core/node/store/folder-store.ts';
import { TcpTransport } from '../../../core/node/tcp/tcp-transport.ts';
import type { SwarmEvent } from '../../../core/events.ts';
import type { Address, Clock, EventSink, Random, Transport } from '../../../core/interfaces.ts';
import type { PeerComponents } from '../../../core/peer/options.ts';
import { Peer } from '../../../core/peer/peer.ts';
import { seededRandom } from '../../../core/random.ts';
import { meteredTransport } from '../../network/metered-transport.ts';
import { isUnshaped } from '../../network/link-sizes.ts';
import type { LinkControl } from '../../network/link-control.ts';
import { shapedLink } from '../../network/shaped-link.ts';
import type { HitBoard } from '../../faults/hits.ts';
import { PeerFaults, type ActiveFault } from '../../faults/peer-faults.ts';
import { positionOf, SHARED_HOST, type Neighbourhood } from './addresses.ts';
import type { NodeCounters } from './counters.ts';
import type { PeerSetup } from './messages.ts';
import { Severable } from './severable.ts';

export interface PeerInstanceComponents {
  readonly clock: Clock;
  readonly counters: NodeCounters;
  readonly events: EventSink;
  readonly tracker: Address;
  /** Whether the thread has other peers, which must survive this one's crash. */
  readonly shared: boolean;
  /** null: nobody cares who is at the other end. */
  readonly neighbourhood: Neighbourhood | null;
  readonly hits: HitBoard;
  /** Called once, when the stay is over and nothing of it is open any more. */
  onGone(): void;
}

/** One stay of one peer in its worker: from opening its folder to closing its last socket. */
export class PeerInstance {
  readonly #components: PeerInstanceComponents;
  readonly #setup: PeerSetup;
  #store: FolderStore | undefined;
  #peer: Peer | undefined;
  #severable: Severable | undefined;
  #control: LinkControl | undefined;
  #faults: PeerFaults | undefined;
  /** Those that hold, until the peer has been made. */
  readonly #early = new Map<number, ActiveFault>();
  #startMs: number | undefined;
  #joinTimer: ReturnType<Clock['setTimer']> | undefined;
  #started = false;
  #gone = false;

  constructor(components: PeerInstanceComponents, setup: PeerSetup) {
    this.#components = components;
    this.#setup = setup;
    for (const fault of setup.faults ?? []) this.#early.set(fault.id, fault);
  }

  /** Times of the plan count from here. */
  begin(startMs: number): void {
    this.#startMs = startMs;
    this.#control?.setStartMs(startMs);
  }

  /**
   * Verifies what the folder holds, as any peer does that comes back, and gets everything ready: joining is then only
   * to listen.
   *
   * @throws {StoreError} the folder cannot be used
   */
  async open(): Promise<void> {
    const { folder, known } = this.#setup;
    const store = await FolderStore.open(folder, { knownChunks: known, verify: known.length === 0 });
    if (this.#gone) store.close();
    else this.#prepare(store);
  }

  /** `atMs` on the shared clock; at once when that is past. */
  join(atMs: number): void {
    const { clock } = this.#components;
    this.#joinTimer = clock.setTimer(Math.max(0, atMs - clock.now()), () => {
      this.#whenRunning(() => {
        this.#started = true;
        this.#peer?.start();
      });
    });
  }

  /** In order: a peer that a fault has stopped leaves when it goes on. */
  leave(): void {
    this.#whenRunning(() => {
      if (this.#started) this.#peer?.leave();
      else this.#finish();
    });
  }

  /** The run is over, and with it whatever is done to the peer. */
  close(): void {
    this.#faults?.endAll();
    this.leave();
  }

  beginFault(fault: ActiveFault): void {
    if (this.#faults === undefined) this.#early.set(fault.id, fault);
    else this.#faults.begin(fault);
  }

  endFault(id: number): void {
    this.#early.delete(id);
    this.#faults?.end(id);
  }

  /** Ends as if the thread had been killed: without a word to anybody. */
  drop(): void {
    this.#severable?.sever();
    this.#finish();
  }

  #prepare(store: FolderStore): void {
    const { clock, counters, tracker, shared } = this.#components;
    const { seed, options } = this.#setup;
    this.#store = store;
    const random = seededRandom(seed);
    const own = options.host === SHARED_HOST ? {} : { host: options.host, localAddress: options.host };
    const tcp = new TcpTransport({ clock }, { totalChunks: store.totalChunks, ...own });
    const base = {
      clock,
      transport: this.#linked(meteredTransport(tcp, counters), random.fork('link')),
      events: { emit: (event: SwarmEvent) => this.#heard(event) },
    };
    this.#severable = shared ? new Severable(base) : undefined;
    const { transport, events, clock: peerClock } = this.#severable ?? base;
    const parts = this.#faulty({ clock: peerClock, transport, store }, random.fork('faults'));
    this.#peer = new Peer({ random: random.fork('peer'), events, ...parts }, { ...options, tracker });
    for (const fault of this.#early.values()) this.#faults?.begin(fault);
    this.#early.clear();
  }

  /** A link that does nothing, and to which no fault can do anything, costs nothing. */
  #linked(transport: Transport, random: Random): Transport {
    const { clock, counters, neighbourhood } = this.#components;
    const { link, faults } = this.#setup;
    if (isUnshaped(link) && faults === undefined) return transport;
    const linkOf = (host: string) => neighbourhood?.links[positionOf(host) ?? -1];
    const shaped = shapedLink(
      transport,
      {
        clock,
        random,
        ...(neighbourhood !== null && { linkOf, regions: neighbourhood.regions }),
        ...(this.#startMs !== undefined && { startMs: this.#startMs }),
      },
      link,
      counters,
    );
    this.#control = shaped.control;
    return shaped.transport;
  }

  /** The peer's parts, with the faults around them that the plan has for it. */
  #faulty(parts: Pick<PeerComponents, 'clock' | 'transport' | 'store'>, random: Random): typeof parts {
    const { hits } = this.#components;
    if (this.#setup.faults === undefined) return parts;
    this.#faults = new PeerFaults(
      { ...parts, random, hits, control: this.#control!, held: () => this.#peer!.ledger.held },
      { ownHost: this.#setup.options.host },
    );
    const { clock, transport, store } = this.#faults;
    return { clock, transport, store };
  }

  #whenRunning(action: () => void): void {
    if (this.#faults === undefined) action();
    else this.#faults.happen(action);
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
    this.#faults?.close();
    this.#control?.close();
    this.#store?.close();
    this.#components.onGone();
  }
}
