/** A peer on a stage: virtual time, a network in memory, and a tracker and neighbours that the test plays by hand. */
import type { SwarmEvent, SwarmEventType } from '../../src/core/events.ts';
import type { Address, CloseReason, Connection, Transport } from '../../src/core/interfaces.ts';
import { ChunkSet } from '../../src/core/chunk-set.ts';
import type { PeerOptions } from '../../src/core/peer/options.ts';
import { Peer } from '../../src/core/peer/peer.ts';
import type {
  Announce,
  ChunkClaim,
  Message,
  PeerEntry,
  SwarmMessage,
} from '../../src/core/protocol/messages.ts';
import { seededRandom } from '../../src/core/random.ts';
import { FluidNetwork } from '../../src/sim/engines/virtual/fluid/fluid-network.ts';
import { MemoryNetwork } from '../../src/sim/engines/virtual/memory-transport.ts';
import { VirtualClock } from '../../src/sim/engines/virtual/virtual-clock.ts';
import { unlimitedLink } from '../../src/sim/plan/plan.ts';
import { FakeStore, sha1 } from './spec-fakes.ts';

const TRACKER: Address = { host: 'tracker', port: 5100 };
const PEER_PORT = 7001;

/** What chunk i of every file here contains. */
export function contentOf(index: number): string {
  return `content of chunk ${index}`;
}

export function claimOf(index: number, leastBytes = 0): ChunkClaim {
  const content = contentOf(index).padEnd(leastBytes);
  return { index, bytes: content.length, hash: sha1(content) };
}

export class PeerStage {
  readonly clock = new VirtualClock();
  readonly network = new MemoryNetwork({ clock: this.clock });
  readonly events: SwarmEvent[] = [];
  readonly announces: Announce[] = [];
  readonly store: FakeStore;
  readonly peer: Peer;
  readonly totalChunks: number;
  /** As the tracker tells at each announce. */
  readonly #agreed = new Map<number, ChunkClaim>();
  /** Where the peer's uplink has a limit. */
  readonly #fluid: FluidNetwork | undefined;
  #trackerConnection: Connection | undefined;

  /**
   * The peer holds `held`; the tracker tells of `peers`, and what is `agreed` on (default: the content of all chunks).
   * `trackerTotal`: what it says of the total number of chunks, if it says a word. `upBytesPerSec`: of the peer's
   * uplink; default: no limit. `chunkBytes`: what each chunk has at least.
   */
  constructor(
    about: {
      readonly totalChunks: number;
      readonly held: readonly number[];
      readonly peers?: readonly PeerEntry[];
      readonly agreed?: readonly ChunkClaim[];
      readonly trackerTotal?: number | 'unsaid';
      readonly upBytesPerSec?: number;
      readonly chunkBytes?: number;
    },
    options: Partial<PeerOptions> = {},
  ) {
    this.totalChunks = about.totalChunks;
    this.#fluid = about.upBytesPerSec === undefined ? undefined : new FluidNetwork({ clock: this.clock });
    this.store = new FakeStore(
      about.totalChunks,
      Object.fromEntries(about.held.map((index) => [index, contentOf(index).padEnd(about.chunkBytes ?? 0)])),
    );
    const all = Array.from({ length: about.totalChunks }, (_, at) => claimOf(at + 1, about.chunkBytes));
    for (const claim of about.agreed ?? all) this.#agreed.set(claim.index, claim);
    this.#playTracker(about.peers ?? [], about.trackerTotal ?? about.totalChunks);
    const events = { emit: (event: SwarmEvent) => this.events.push(event) };
    const transport = this.#transportOf('peer', about.upBytesPerSec);
    this.peer = new Peer(
      { clock: this.clock, random: seededRandom('stage'), transport, store: this.store, events },
      { name: 'peer', host: 'peer', port: PEER_PORT, tracker: TRACKER, trackerIsOurs: true, ...options },
    );
    this.peer.start();
    this.run(10);
  }

  /** Lets so much time pass. */
  run(ms: number): void {
    this.clock.run(this.clock.now() + ms);
  }

  eventsOf<T extends SwarmEventType>(type: T): Extract<SwarmEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<SwarmEvent, { type: T }> => event.type === type);
  }

  /** The tracker says something unasked; what is agreed on, from now on at each announce. */
  trackerTells(peers: readonly PeerEntry[], agreed: readonly ChunkClaim[] = []): void {
    for (const claim of agreed) this.#agreed.set(claim.index, claim);
    this.#trackerConnection!.send({ type: 'peers', peers, agreed, intervalMs: 10_000 });
    this.run(1);
  }

  /** A neighbour that connects to the peer, shakes hands and shows what it holds. */
  neighbour(name: string, holds: readonly number[], port = 7100, host = name): Puppet {
    const connection = this.#transportOf(host).connect({ host: 'peer', port: PEER_PORT }, 'swarm');
    const puppet = new Puppet(this, connection);
    puppet.send({ type: 'handshake', version: 1, name, port, totalChunks: this.totalChunks });
    puppet.send({ type: 'bitfield', bits: bitsOf(this.totalChunks, holds) });
    this.run(1);
    return puppet;
  }

  /** Somebody who listens there, holds all and lets nobody ask; `onConnection`: the peer has connected to it. */
  miser(address: Address, onConnection: () => void): void {
    this.#transportOf(address.host).listen({
      port: address.port,
      role: 'peer',
      onListening: () => undefined,
      onError: (error) => {
        throw error;
      },
      onConnection: (connection) => {
        onConnection();
        const { totalChunks } = this;
        const everything = Array.from({ length: totalChunks }, (_, at) => at + 1);
        connection.setHandlers({ onMessage: () => undefined, onClose: () => undefined });
        connection.send({
          type: 'handshake',
          version: 1,
          name: address.host,
          port: address.port,
          totalChunks,
        });
        connection.send({ type: 'bitfield', bits: bitsOf(totalChunks, everything) });
      },
    });
  }

  #transportOf(host: string, upBytesPerSec: number | null = null): Transport {
    if (this.#fluid === undefined) return this.network.transport(host);
    const components = { random: seededRandom(host), linkOf: () => undefined, regions: null };
    return this.#fluid.host(host, components, { ...unlimitedLink, upBytesPerSec });
  }

  #playTracker(peers: readonly PeerEntry[], totalChunks: number | 'unsaid'): void {
    this.#transportOf(TRACKER.host).listen({
      port: TRACKER.port,
      role: 'tracker',
      onListening: () => undefined,
      onError: (error) => {
        throw error;
      },
      onConnection: (connection) => {
        this.#trackerConnection = connection;
        connection.setHandlers({
          onMessage: (message) => {
            if (message.type === 'handshake' && totalChunks !== 'unsaid') {
              connection.send({ ...message, name: 'tracker', port: TRACKER.port, totalChunks });
            } else if (message.type === 'announce') {
              this.announces.push(message);
              if (totalChunks !== this.totalChunks) return;
              const agreed = [...this.#agreed.values()];
              connection.send({ type: 'peers', peers, agreed, intervalMs: 10_000 });
            }
          },
          onClose: () => undefined,
        });
      },
    });
  }
}

/** A neighbour that does just what the test says. */
export class Puppet {
  readonly got: SwarmMessage[] = [];
  readonly closes: CloseReason[] = [];
  readonly #stage: PeerStage;
  readonly #connection: Connection;

  constructor(stage: PeerStage, connection: Connection) {
    this.#stage = stage;
    this.#connection = connection;
    connection.setHandlers({
      onMessage: (message: Message) => this.got.push(message as SwarmMessage),
      onClose: (reason) => this.closes.push(reason),
    });
  }

  send(...messages: SwarmMessage[]): void {
    for (const message of messages) this.#connection.send(message);
  }

  /** Sends and lets the peer answer. */
  say(...messages: SwarmMessage[]): void {
    this.send(...messages);
    this.#stage.run(1);
  }

  /** Sends a whole chunk, with its right content unless told otherwise. */
  deliver(index: number, content = contentOf(index)): void {
    const chunkBytes = content.length;
    this.say({ type: 'chunk', index, offset: 0, chunkBytes, body: Buffer.from(content) });
  }

  /** Requests of the peer to this neighbour, in order. */
  get requested(): number[] {
    return this.gotOf('request').map(({ index }) => index);
  }

  /** Chunks that the peer told by `have` or `have-many`, in order. */
  get shown(): number[] {
    return this.got.flatMap((message) => {
      if (message.type === 'have') return [message.index];
      return message.type === 'have-many' ? message.indices : [];
    });
  }

  gotOf<T extends SwarmMessage['type']>(type: T): Extract<SwarmMessage, { type: T }>[] {
    return this.got.filter((message): message is Extract<SwarmMessage, { type: T }> => message.type === type);
  }

  /** The connection breaks, as by a reset. */
  reset(): void {
    this.#connection.abort();
    this.#stage.run(1);
  }

  close(): void {
    this.#connection.end();
    this.#stage.run(1);
  }
}

function bitsOf(totalChunks: number, held: readonly number[]): Uint8Array {
  const set = new ChunkSet(totalChunks);
  for (const index of held) set.add(index);
  return set.toBits();
}
