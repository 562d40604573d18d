import type { SwarmEvent } from '../../../core/events.ts';
import type { Address, Random } from '../../../core/interfaces.ts';
import { seededRandom } from '../../../core/random.ts';
import type { Registry } from '../../../core/tracker/registry.ts';
import type { ActiveFault } from '../../faults/peer-faults.ts';
import { NodeMeter, type ConnectionWatch } from '../../network/meter.ts';
import { meteredTransport } from '../../network/metered-transport.ts';
import type { Plan, PlannedLink } from '../../plan/plan.ts';
import type { FaultInjector, FaultRuntime } from '../run/fault-injector.ts';
import { emptyCounters, type NodeCounters } from '../run/node-counters.ts';
import { PeerInstance, type PeerNetwork } from '../run/peer-instance.ts';
import type { PeerState } from '../run/peer-state.ts';
import type { PeerRuntime } from '../run/run-controller.ts';
import { stayOptions, trackerOptions } from '../run/stay-options.ts';
import { TrackerInstance } from '../run/tracker-instance.ts';
import { hostOf, PEER_PORT, TRACKER_ADDRESS } from './addresses.ts';
import type { Build } from './build.ts';
import { FluidNetwork } from './fluid/fluid-network.ts';
import { RegionLinks } from './fluid/region-links.ts';
import { TokenStore } from './token-store.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface VirtualRuntimeComponents {
  readonly clock: VirtualClock;
  readonly faults: FaultInjector;
  readonly onEvent: (event: SwarmEvent) => void;
  /** A stay begins at that host. */
  onStay(host: string): void;
  /** Sees the messages of a connection that a host has, and what of them is lost. */
  watch(host: string, remote: Address): ConnectionWatch;
  onLost(from: string, to: string, bytes: number): void;
  readonly build: Build;
  /** A stay of the peer is over, but not by `crash`. */
  onGone(peer: string, atMs: number): void;
}

/** The peers and the tracker of one run, on a network in memory. All that they are told is done at once. */
export class VirtualRuntime implements PeerRuntime, FaultRuntime {
  /** By position in the plan; the tracker's last. */
  readonly counters: readonly NodeCounters[];
  readonly stores: TokenStore[];
  readonly #components: VirtualRuntimeComponents;
  readonly #plan: Plan;
  readonly #chunkBytes: readonly number[];
  readonly network: FluidNetwork;
  readonly #links: ReadonlyMap<string, PlannedLink>;
  /** Of the stay that each peer is in, by position. */
  readonly #instances: (PeerInstance | undefined)[] = [];
  /** Gone, and not back yet: what a fault still does to their links keeps others from hearing of that. */
  readonly #departed: (PeerInstance | undefined)[] = [];
  readonly #mayCrash: ReadonlySet<string>;
  #tracker: TrackerInstance | undefined;
  #crashing: PeerInstance | undefined;

  constructor(
    components: VirtualRuntimeComponents,
    plan: Plan,
    peers: readonly PeerState[],
    chunkBytes: readonly number[],
  ) {
    this.#components = components;
    this.#plan = plan;
    this.#chunkBytes = chunkBytes;
    const links = new Map(plan.peers.map(({ link }, position) => [hostOf(position), link]));
    const between = new RegionLinks(plan.regions, (host) => links.get(host));
    const onLost = (from: string, to: string, bytes: number): void => components.onLost(from, to, bytes);
    this.network = new FluidNetwork({ clock: components.clock, between, onLost });
    this.#links = links;
    this.#mayCrash = namesOfCrashing(plan);
    this.counters = Array.from({ length: plan.peers.length + 1 }, emptyCounters);
    this.stores = peers.map((peer) => this.#newStore(peer));
  }

  /** What the tracker knows; undefined: it has never started. */
  registry(): Registry | undefined {
    return this.#tracker?.memory;
  }

  /** It listens as soon as the clock runs. */
  startTracker(): void {
    const { clock, faults, onEvent } = this.#components;
    const { tracker } = this.#plan;
    const { host, port } = TRACKER_ADDRESS;
    const random = seededRandom(tracker.seed).fork('link');
    const link = this.network.host(host, { random, meter: this.#meter(host, this.counters.at(-1)!) });
    this.#tracker = new TrackerInstance(
      {
        clock,
        transport: link,
        events: { emit: onEvent },
        hits: faults.hits,
        onListening: () => undefined,
      },
      { seed: tracker.seed, tracker: trackerOptions(tracker, port), hasFaults: faults.concernsTracker },
    );
    this.#tracker.start();
  }

  prepare(peer: PeerState, onReady: () => void): void {
    const { clock, faults, onEvent, build } = this.#components;
    const { position, name } = peer;
    const host = hostOf(position);
    const instance: PeerInstance = new PeerInstance(
      {
        clock,
        counters: this.counters[position]!,
        events: { emit: onEvent },
        tracker: TRACKER_ADDRESS,
        severable: this.#mayCrash.has(name),
        hits: faults.hits,
        ...(build.picker && { picker: build.picker }),
        join: (random) => this.#join(host, random, peer),
        onGone: () => this.#gone(peer, instance),
      },
      { ...stayOptions(this.#plan, peer, { host, port: PEER_PORT }), faults: faults.activeOf(peer) },
    );
    this.#instances[position] = instance;
    this.#departed[position] = undefined;
    const store = this.stores[position]!;
    instance.open(build.store?.(store) ?? store);
    onReady();
  }

  join({ position }: PeerState, atMs: number): void {
    this.#instances[position]?.join(atMs);
  }

  leave({ position }: PeerState): void {
    this.#instances[position]?.leave();
  }

  crash({ position }: PeerState, onDead: (diedMs: number) => void): void {
    const instance = this.#instances[position];
    this.#crashing = instance;
    instance?.drop();
    this.#crashing = undefined;
    this.network.crash(hostOf(position));
    onDead(this.#components.clock.now());
  }

  release({ position }: PeerState): void {
    this.#instances[position] = undefined;
  }

  resetFolder(peer: PeerState): void {
    this.stores[peer.position] = this.#newStore(peer);
  }

  receivedBytes({ position }: PeerState): number {
    return this.counters[position]!.payloadReceivedBytes;
  }

  hostOf(peer: PeerState | undefined): string {
    return peer === undefined ? TRACKER_ADDRESS.host : hostOf(peer.position);
  }

  beginFault({ position }: PeerState, fault: ActiveFault): void {
    this.#instances[position]?.beginFault(fault);
  }

  endFault({ position }: PeerState, id: number): void {
    (this.#instances[position] ?? this.#departed[position])?.endFault(id);
  }

  stopTracker(id: number): void {
    this.#tracker?.stop(id);
  }

  startTrackerAgain(forgets: boolean): void {
    this.#tracker?.startAgain(forgets);
  }

  resetTracker(id: number, probability: number): void {
    this.#tracker?.reset(id, probability);
  }

  /** What faults did last is counted. */
  close(): void {
    for (const instance of this.#instances) instance?.settle();
  }

  #join(host: string, random: Random, { planned, position }: PeerState): PeerNetwork {
    const counters = this.counters[position]!;
    const { regions } = this.#plan;
    this.#components.onStay(host);
    const linkOf = (other: string) => this.#links.get(other);
    const { build } = this.#components;
    const components = { random, linkOf, regions };
    if (build.network === undefined) {
      const metered = { ...components, meter: this.#meter(host, counters) };
      const link = this.network.host(host, metered, planned.link, counters);
      return { transport: link, control: link };
    }
    const link = this.network.host(host, components, planned.link, counters);
    return {
      transport: meteredTransport(build.network(link, link), counters, this.#watchOf(host)),
      control: link,
    };
  }

  #meter(host: string, counters: NodeCounters): NodeMeter {
    return new NodeMeter(counters, this.#watchOf(host));
  }

  #watchOf(host: string): (remote: Address) => ConnectionWatch {
    return (remote) => this.#components.watch(host, remote);
  }

  #gone({ position, name }: PeerState, instance: PeerInstance): void {
    if (this.#instances[position] === instance) {
      this.#instances[position] = undefined;
      this.#departed[position] = instance;
    }
    if (this.#crashing === instance) return;
    this.#components.onGone(name, this.#components.clock.now());
  }

  #newStore({ heldAtStart }: PeerState): TokenStore {
    return new TokenStore({ chunkBytes: this.#chunkBytes, held: heldAtStart });
  }
}

/** What ends them without a word must be able to stop them. */
function namesOfCrashing({ peers, faults }: Plan): ReadonlySet<string> {
  const bySession = peers.filter(({ sessions }) => sessions.some(({ leave }) => leave?.how === 'crash'));
  const byFault = faults.flatMap(({ effect }) => (effect.kind === 'crash' ? effect.peers : []));
  return new Set([...bySession.map(({ name }) => name), ...byFault]);
}
