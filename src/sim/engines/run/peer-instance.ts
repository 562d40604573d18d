import type { SwarmEvent } from '../../../core/events.ts';
import type {
  Address,
  ChunkStore,
  Clock,
  EventSink,
  Random,
  Timer,
  Transport,
} from '../../../core/interfaces.ts';
import type { PeerComponents, PeerOptions } from '../../../core/peer/options.ts';
import { Peer } from '../../../core/peer/peer.ts';
import type { Picker } from '../../../core/peer/swarm/pickers/picker.ts';
import { seededRandom } from '../../../core/random.ts';
import type { HitBoard } from '../../faults/hits.ts';
import { PeerFaults, type ActiveFault } from '../../faults/peer-faults.ts';
import type { LinkControl } from '../../network/link-control.ts';
import type { NodeCounters } from './node-counters.ts';
import { Severable } from './severable.ts';

/** A peer's way to the others: metered, and shaped by its link. */
export interface PeerNetwork {
  readonly transport: Transport;
  /** undefined: the link does nothing, and no fault of the plan does anything to it. */
  readonly control?: LinkControl;
}

/** A store of its own for each stay. */
export type StayStore = ChunkStore & {
  /** Nothing is read or written any more. */
  close?(): void;
};

export interface PeerInstanceComponents {
  readonly clock: Clock;
  readonly counters: NodeCounters;
  readonly events: EventSink;
  readonly tracker: Address;
  /** Whether it may have to end without a word while what it lives in goes on. */
  readonly severable: boolean;
  readonly hits: HitBoard;
  /** Default: that of the policy. */
  readonly picker?: Picker;
  /** Called once, when the stay is to begin. */
  readonly join: (random: Random) => PeerNetwork;
  /** Called once, when the stay is over and nothing of it is open any more. */
  onGone(): void;
}

/** One stay of one peer, as plain data. */
export interface StayOptions {
  readonly seed: string;
  readonly peer: Omit<PeerOptions, 'tracker'>;
  /** Those that hold when the peer is made; undefined: no fault of the plan is about it. */
  readonly faults: readonly ActiveFault[] | undefined;
}

/** One stay of one peer, whatever it lives in: from its opened store to its last connection. */
export class PeerInstance {
  readonly #components: PeerInstanceComponents;
  readonly #options: StayOptions;
  #store: StayStore | undefined;
  #peer: Peer | undefined;
  #severable: Severable | undefined;
  #control: LinkControl | undefined;
  #faults: PeerFaults | undefined;
  /** Those that hold, until the peer has been made. */
  readonly #early = new Map<number, ActiveFault>();
  #startMs: number | undefined;
  #joinTimer: Timer | undefined;
  #started = false;
  #gone = false;

  constructor(components: PeerInstanceComponents, options: StayOptions) {
    this.#components = components;
    this.#options = options;
    for (const fault of options.faults ?? []) this.#early.set(fault.id, fault);
  }

  /** Times of the plan count from here. */
  begin(startMs: number): void {
    this.#startMs = startMs;
    this.#control?.setStartMs(startMs);
  }

  /** Gets everything ready around the store: joining is then only to listen. */
  open(store: StayStore): void {
    if (this.#gone) store.close?.();
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

  /** Of one that is gone, only its link changes. */
  endFault(id: number): void {
    this.#early.delete(id);
    if (this.#gone) this.#faults?.endOnLink(id);
    else this.#faults?.end(id);
  }

  /** The run is over and nothing happens any more: what its faults have hit until now is counted. */
  settle(): void {
    this.#faults?.close();
  }

  /** Ends as if its process had been killed: without a word to anybody. */
  drop(): void {
    this.#severable?.sever();
    this.#finish();
  }

  #prepare(store: StayStore): void {
    const { clock, tracker, severable, join, picker } = this.#components;
    const { seed, peer: options } = this.#options;
    this.#store = store;
    const random = seededRandom(seed);
    const { transport: linked, control } = join(random.fork('link'));
    this.#control = control;
    if (this.#startMs !== undefined) control?.setStartMs(this.#startMs);
    const base = {
      clock,
      transport: linked,
      events: { emit: (event: SwarmEvent) => this.#heard(event) },
    };
    this.#severable = severable ? new Severable(base) : undefined;
    const { transport, events, clock: peerClock } = this.#severable ?? base;
    const parts = this.#faulty({ clock: peerClock, transport, store }, random.fork('faults'));
    const components = { random: random.fork('peer'), events, ...parts, ...(picker && { picker }) };
    this.#peer = new Peer(components, { ...options, tracker });
    for (const fault of this.#early.values()) this.#faults?.begin(fault);
    this.#early.clear();
  }

  /** The peer's parts, with the faults around them that the plan has for it. */
  #faulty(parts: Pick<PeerComponents, 'clock' | 'transport' | 'store'>, random: Random): typeof parts {
    const { hits } = this.#components;
    if (this.#options.faults === undefined || this.#control === undefined) return parts;
    this.#faults = new PeerFaults(
      { ...parts, random, hits, control: this.#control, held: () => this.#peer!.ledger.held },
      { ownHost: this.#options.peer.host },
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
    this.#store?.close?.();
    this.#components.onGone();
  }
}
