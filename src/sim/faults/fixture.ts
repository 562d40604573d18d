/** A small swarm in virtual time whose peers have faults around them: the real peers and tracker, no sockets. */
import type { SwarmEvent } from '../../core/events.ts';
import { Peer } from '../../core/peer/peer.ts';
import { seededRandom } from '../../core/random.ts';
import { trackerDefaults } from '../../core/tracker/options.ts';
import { Tracker } from '../../core/tracker/tracker.ts';
import { MemoryNetwork } from '../engines/virtual/memory-transport.ts';
import { TokenStore } from '../engines/virtual/token-store.ts';
import { VirtualClock } from '../engines/virtual/virtual-clock.ts';
import { emptyTraffic, type TrafficCounters } from '../network/meter.ts';
import { meteredTransport } from '../network/metered-transport.ts';
import { shapedLink } from '../network/shaped-link.ts';
import { emptyShaping } from '../network/shaping-counters.ts';
import { unlimitedLink } from '../plan/plan.ts';
import { HitBoard } from './hits.ts';
import { PeerFaults } from './peer-faults.ts';

const TRACKER = { host: 'tracker', port: 5100 };
const ROWS = 8;

export interface VirtualPeer {
  readonly peer: Peer;
  readonly faults: PeerFaults;
  readonly store: TokenStore;
  readonly traffic: TrafficCounters;
}

export interface VirtualSwarmOptions {
  readonly chunks?: number;
  readonly chunkBytes?: number;
  readonly upBytesPerSec?: number;
  readonly protocol?: 'spec' | 'swarm';
  /** Of faults, as on a real host. Default: 0. */
  readonly timersLateMs?: number;
}

export class VirtualSwarm {
  readonly clock = new VirtualClock();
  readonly events: SwarmEvent[] = [];
  readonly hits = new HitBoard(ROWS);
  readonly peers = new Map<string, VirtualPeer>();
  readonly #network = new MemoryNetwork({ clock: this.clock });
  readonly #options: Required<VirtualSwarmOptions>;

  /** Peers called `seeder…` hold everything, the others nothing. */
  constructor(names: readonly string[], options: VirtualSwarmOptions = {}) {
    this.#options = {
      chunks: 64,
      chunkBytes: 16 * 1024,
      upBytesPerSec: 512 * 1024,
      protocol: 'swarm',
      timersLateMs: 0,
      ...options,
    };
    new Tracker(
      {
        clock: this.clock,
        random: seededRandom('tracker'),
        transport: this.#network.transport(TRACKER.host),
        events: { emit: (event) => this.events.push(event) },
      },
      { ...trackerDefaults, port: TRACKER.port },
    ).start();
    for (const name of names) this.#place(name);
  }

  /** Until all of these have completed; returns when, or undefined when that is not before `untilMs`. */
  runUntilComplete(names: readonly string[], untilMs = 300_000): number | undefined {
    const isDone = (): boolean => names.every((name) => this.peers.get(name)!.peer.ledger.complete);
    return this.clock.runUntil(isDone, untilMs) ? this.clock.now() : undefined;
  }

  of<Type extends SwarmEvent['type']>(type: Type, peer?: string) {
    return this.events.filter(
      (event): event is Extract<SwarmEvent, { readonly type: Type }> =>
        event.type === type && (peer === undefined || event.peer === peer),
    );
  }

  #place(name: string): void {
    const { chunks, chunkBytes, upBytesPerSec, protocol, timersLateMs } = this.#options;
    const sizes = Array.from({ length: chunks }, () => chunkBytes);
    const held = name.startsWith('seeder') ? sizes.map((_, at) => at + 1) : [];
    const store = new TokenStore({ chunkBytes: sizes, held });
    const traffic = emptyTraffic();
    const random = seededRandom(name);
    const link = shapedLink(
      meteredTransport(this.#network.transport(name), traffic),
      { clock: this.clock, random: random.fork('link') },
      { ...unlimitedLink, upBytesPerSec },
      emptyShaping(),
    );
    const faults: PeerFaults = new PeerFaults(
      {
        clock: {
          now: () => this.clock.now(),
          setTimer: (delayMs, callback) => this.clock.setTimer(delayMs + timersLateMs, callback),
        },
        random: random.fork('faults'),
        transport: link.transport,
        control: link.control,
        store,
        hits: this.hits,
        held: () => peer.ledger.held,
      },
      { ownHost: name },
    );
    const { clock, transport, store: faulty } = faults;
    const peer: Peer = new Peer(
      {
        clock,
        transport,
        store: faulty,
        random: random.fork('peer'),
        events: { emit: (event) => this.events.push(event) },
      },
      { name, host: name, port: 6881, tracker: TRACKER, trackerIsOurs: true, protocol },
    );
    this.peers.set(name, { peer, faults, store, traffic });
    this.clock.setTimer(0, () => faults.happen(() => peer.start()));
  }
}
