import { addressKey } from '../../address.ts';
import { ADDRESSES_MAX, BoundedMap } from '../../bounded-map.ts';
import type { Address, Connection } from '../../interfaces.ts';
import type { PeerEntry } from '../../protocol/messages.ts';
import { shuffled } from '../../random.ts';
import { ChunkSet } from '../../chunk-set.ts';
import type { PeerContext } from '../context.ts';
import { SpecFetcher } from './fetcher.ts';
import { SpecServer } from './server.ts';
import { SpecTrackerSession } from './tracker-session.ts';

/** Chunks that a swarm peer fetches from spec peers at a time. */
const PARALLEL = 4;

export interface SpecExchangeCallbacks {
  /** The tracker of the spec protocol was recognised as ours. */
  onOurTracker(): void;
  /** How many neighbours of the swarm protocol hold a chunk. */
  copiesInSwarm(index: number): number;
  /** Somebody holds this chunk, which is behind the last one of the store. */
  onMoreChunks(index: number): void;
}

interface SpecPeer {
  readonly address: Address;
  readonly chunks: ChunkSet;
}

/**
 * The peer's trade of chunks by the spec protocol. A spec peer learns holders from its tracker session; a swarm peer
 * learns them from the swarm tracker, and turns to them first for chunks that no neighbour has.
 */
export class SpecExchange {
  readonly #context: PeerContext;
  readonly #callbacks: SpecExchangeCallbacks;
  readonly #server: SpecServer;
  readonly #specPeers = new BoundedMap<string, SpecPeer>(ADDRESSES_MAX);
  #fetcher: SpecFetcher | undefined;
  #session: SpecTrackerSession | undefined;

  constructor(context: PeerContext, callbacks: SpecExchangeCallbacks) {
    this.#context = context;
    this.#callbacks = callbacks;
    this.#server = new SpecServer(context);
    context.ledger.onHeld(() => this.fetchMore());
    context.ledger.onLost((index) => this.#session?.ask(index));
  }

  /** The peer listens now. */
  start(): void {
    const { options } = this.#context;
    const own = { host: options.host, port: this.#context.ownPort };
    this.#fetcher = new SpecFetcher(
      this.#context,
      { name: options.name, own, parallel: PARALLEL },
      {
        onExhausted: (index) => this.#session?.ask(index),
        refresh: (index) => this.#session?.refresh(index) ?? false,
        isBanned: (address) => this.#context.isBanned(address),
        ban: (address, offence, reason) => this.#context.ban(address, offence, reason),
      },
    );
  }

  stop(): void {
    this.stopSession();
    this.#fetcher?.stop();
    this.#server.stop();
  }

  /** Turns to the tracker by the spec protocol. */
  startSession(): void {
    const { options, ownPort } = this.#context;
    this.#session = new SpecTrackerSession(
      this.#context,
      { ...options, port: ownPort },
      {
        onHolders: (index, hash, holders) => {
          if (hash !== undefined) this.#context.agreed({ index, hash });
          this.#fetcher?.offer(index, hash, holders);
        },
        onMoreChunks: (index) => this.#callbacks.onMoreChunks(index),
        onOurTracker: () => this.#callbacks.onOurTracker(),
      },
    );
    this.#session.start();
  }

  stopSession(): void {
    this.#session?.stop();
    this.#session = undefined;
  }

  /** Calls back when the tracker knows of no further chunk, as far as that can be learnt. */
  confirmTotal(onConfirmed: () => void): void {
    if (this.#session === undefined) onConfirmed();
    else this.#session.confirmTotal(onConfirmed);
  }

  serve(connection: Connection): void {
    this.#server.serve(connection);
  }

  /** Whether the swarm tracker has told of spec peers. */
  get knowsPeers(): boolean {
    return this.#specPeers.size > 0;
  }

  /** The swarm tracker knows of these spec peers. */
  learn(peers: readonly PeerEntry[]): void {
    for (const { address, bits } of peers) {
      const chunks = bits && ChunkSet.fromBits(bits, this.#context.ledger.totalChunks);
      if (chunks) this.#specPeers.set(addressKey(address), { address, chunks });
    }
    this.fetchMore();
  }

  /** Asks known spec peers for some of the chunks that nobody brings, those with the fewest copies in the mesh first. */
  fetchMore(): void {
    if (this.#specPeers.size === 0 || this.#session !== undefined) return;
    const { ledger, random } = this.#context;
    const needed = ledger.needed();
    const idle = shuffled(
      needed.filter((index) => !ledger.isOnItsWay(index)),
      random,
    );
    let free = PARALLEL;
    const byRarity = idle.sort((a, b) => this.#callbacks.copiesInSwarm(a) - this.#callbacks.copiesInSwarm(b));
    for (const index of byRarity) {
      const holders = this.#holdersOf(index);
      if (holders.length === 0) continue;
      this.#fetcher?.offer(index, ledger.agreed(index)?.hash, holders);
      if (--free === 0) return;
    }
  }

  #holdersOf(index: number): Address[] {
    return [...this.#specPeers.values()]
      .filter(({ address, chunks }) => chunks.has(index) && !this.#context.isBanned(address))
      .map(({ address }) => address);
  }
}
