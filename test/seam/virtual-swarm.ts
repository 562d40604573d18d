/**
 * A plan carried out by the same `Peer` and `Tracker` classes as on TCP, but over a network in memory and a clock
 * of its own: the proof that the core needs neither a socket nor a real timer.
 */
import type { SwarmEvent } from '../../src/core/events.ts';
import type { Clock, Random } from '../../src/core/interfaces.ts';
import { parseLocalChunks } from '../../src/core/node/store/local-chunks.ts';
import { Peer } from '../../src/core/peer/peer.ts';
import { seededRandom } from '../../src/core/random.ts';
import { Tracker } from '../../src/core/tracker/tracker.ts';
import { Severable } from '../../src/sim/engines/run/severable.ts';
import { FluidNetwork } from '../../src/sim/engines/virtual/fluid/fluid-network.ts';
import { MemoryNetwork } from '../../src/sim/engines/virtual/memory-transport.ts';
import { TokenStore } from '../../src/sim/engines/virtual/token-store.ts';
import { VirtualClock } from '../../src/sim/engines/virtual/virtual-clock.ts';
import { LinkFaults } from '../../src/sim/faults/link-faults.ts';
import type { ShapedLink } from '../../src/sim/network/link-control.ts';
import { shapedLink } from '../../src/sim/network/shaped-link.ts';
import { emptyShaping } from '../../src/sim/network/shaping-counters.ts';
import {
  unlimitedLink,
  type Plan,
  type PlannedFault,
  type PlannedLeave,
  type PlannedLink,
  type PlannedPeer,
} from '../../src/sim/plan/plan.ts';
import { readFileSync } from 'node:fs';

const TRACKER = { host: 'tracker', port: 5100 };
const PEER_PORT = 6881;

export interface VirtualRun {
  readonly events: readonly SwarmEvent[];
  /** When the last peer completed that had to; undefined when one did not within the plan's time. */
  readonly makespanMs: number | undefined;
  readonly stores: ReadonlyMap<string, TokenStore>;
  /** Events of the clock. */
  readonly fired: number;
  /** Messages that arrived; undefined where links do not count them. */
  readonly messages: number | undefined;
}

/** What the peers' links are: `paced` as on sockets, in turns of 1 ms, or `fluid`, for exact clocks. */
export type Links = 'paced' | 'fluid';

class VirtualSwarm {
  readonly #plan: Plan;
  readonly #chunkBytes: readonly number[];
  readonly #clock = new VirtualClock();
  readonly #network: VirtualNetwork;
  readonly #events: SwarmEvent[] = [];
  readonly #stores = new Map<string, TokenStore>();
  readonly #waitedFor: Set<string>;
  readonly #linkFaults: LinkFaults[] = [];
  /** What is to be done once a peer is complete in its present stay, by its name. */
  readonly #onComplete = new Map<string, () => void>();

  constructor(plan: Plan, links: Links) {
    this.#plan = plan;
    this.#chunkBytes = chunkSizes(plan);
    this.#network = networks[links](this.#clock);
    this.#waitedFor = new Set(
      plan.peers.filter(({ mustComplete }) => mustComplete !== false).map(({ name }) => name),
    );
  }

  run(): VirtualRun {
    this.#startTracker();
    for (const peer of this.#plan.peers) this.#place(peer);
    this.#plan.faults.forEach((fault, id) => this.#schedule(fault, id));
    const done = this.#clock.runUntil(() => this.#waitedFor.size === 0, this.#plan.timeLimitMs);
    return {
      events: this.#events,
      makespanMs: done ? this.#clock.now() : undefined,
      stores: this.#stores,
      fired: this.#clock.fired,
      messages: this.#network.messages?.(),
    };
  }

  #startTracker(): void {
    const { tracker } = this.#plan;
    new Tracker(
      {
        clock: this.#clock,
        random: seededRandom(tracker.seed),
        transport: this.#network.join(TRACKER.host, seededRandom(tracker.seed).fork('link'), unlimitedLink)
          .transport,
        events: { emit: (event) => this.#events.push(event) },
      },
      { ...tracker, port: TRACKER.port },
    ).start();
  }

  #place(peer: PlannedPeer): void {
    this.#fill(peer);
    this.#await(peer, 0);
  }

  #fill(peer: PlannedPeer): void {
    const store = new TokenStore({ chunkBytes: this.#chunkBytes, held: heldBy(peer, this.#plan) });
    this.#stores.set(peer.name, store);
  }

  /** To be called when the stay before is over. */
  #await(peer: PlannedPeer, position: number): void {
    const session = peer.sessions[position];
    if (session === undefined) return;
    const delayMs = 'joinMs' in session ? session.joinMs - this.#clock.now() : session.awayMs;
    this.#clock.setTimer(delayMs, () => this.#join(peer, position));
  }

  /** Partitions, at a time; whoever joins during one is not held by it. */
  #schedule({ effect, when, forMs }: PlannedFault, id: number): void {
    if (effect.kind !== 'partition' || when.kind !== 'time') throw new Error(`no ${effect.kind} here`);
    this.#clock.setTimer(when.atMs, () => {
      for (const link of this.#linkFaults) link.begin(id, effect, effect.sides, () => undefined);
    });
    if (forMs === null) return;
    this.#clock.setTimer(when.atMs + forMs, () => {
      for (const link of this.#linkFaults) link.end(id);
    });
  }

  #join(planned: PlannedPeer, position: number): void {
    const store = this.#stores.get(planned.name)!;
    const random = seededRandom(planned.seed);
    const host = planned.name;
    const link = this.#network.join(host, random.fork('link'), planned.link);
    this.#linkFaults.push(new LinkFaults(link.control, { ownHost: host }));
    const severable = new Severable({
      clock: this.#clock,
      transport: link.transport,
      events: { emit: (event) => this.#heard(event) },
    });
    const { clock, transport, events } = severable;
    const peer = new Peer(
      { clock, random: random.fork('peer'), transport, store, events },
      {
        ...planned.policy,
        name: planned.name,
        host,
        port: PEER_PORT,
        tracker: TRACKER,
        trackerIsOurs: true,
        protocol: planned.protocol,
        edition: this.#plan.tracker.edition,
      },
    );
    this.#planDeparture(planned, position, (how) => {
      if (how === 'graceful') return peer.leave();
      severable.sever();
      this.#network.crash(host);
    });
    peer.start();
  }

  #planDeparture(planned: PlannedPeer, position: number, depart: (how: PlannedLeave['how']) => void): void {
    const { name, sessions, mustComplete } = planned;
    const leave = sessions[position]?.leave ?? null;
    const isLast = position === sessions.length - 1;
    const go = (): void => {
      this.#onComplete.delete(name);
      if (isLast && mustComplete === 'unless-gone') this.#waitedFor.delete(name);
      depart(leave!.how);
      if (!leave!.keepChunks) this.#fill(planned);
      this.#await(planned, position + 1);
    };
    if (leave?.from === 'start') this.#clock.setTimer(leave.afterMs - this.#clock.now(), go);
    this.#onComplete.set(name, () => {
      if (isLast) this.#waitedFor.delete(name);
      if (leave?.from === 'completion') this.#clock.setTimer(leave.afterMs, go);
    });
  }

  #heard(event: SwarmEvent): void {
    this.#events.push(event);
    const isComplete =
      event.type === 'peer-completed' ||
      (event.type === 'peer-joined' && event.heldChunks === event.totalChunks);
    if (isComplete) this.#onComplete.get(event.peer)?.();
  }
}

export function runVirtually(plan: Plan, links: Links = 'paced'): VirtualRun {
  return new VirtualSwarm(plan, links).run();
}

interface VirtualNetwork {
  join(host: string, random: Random, link: PlannedLink): ShapedLink;
  crash(host: string): void;
  messages?(): number;
}

const networks: Record<Links, (clock: Clock) => VirtualNetwork> = {
  paced(clock) {
    const network = new MemoryNetwork({ clock });
    return {
      join: (host, random, link) =>
        shapedLink(network.transport(host), { clock, random }, link, emptyShaping()),
      crash: (host) => network.crash(host),
    };
  },
  fluid(clock) {
    const network = new FluidNetwork({ clock });
    return {
      join(host, random, link) {
        const joined = network.host(host, { random }, link);
        return { transport: joined, control: joined };
      },
      crash: (host) => network.crash(host),
      messages: () => network.messages,
    };
  },
};

function chunkSizes({ content }: Plan): number[] {
  if (content.kind === 'folders') return [...content.chunkBytes];
  const { totalChunks, totalBytes, chunkBytes } = content;
  return Array.from({ length: totalChunks }, (_, at) => Math.min(chunkBytes, totalBytes - at * chunkBytes));
}

function heldBy({ holds }: PlannedPeer, { content }: Plan): readonly number[] {
  switch (holds.kind) {
    case 'all':
      return Array.from({ length: content.totalChunks }, (_, at) => at + 1);
    case 'none':
      return [];
    case 'chunks':
      return holds.indices;
    case 'folder': {
      if (content.kind !== 'folders') throw new Error('a folder of a generated content');
      const list = `${content.folders[holds.folder]!}/local_chunks.txt`;
      return parseLocalChunks(readFileSync(list, 'utf8'), list).entries.map(({ index }) => index);
    }
  }
}
