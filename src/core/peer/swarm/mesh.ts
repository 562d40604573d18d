import { addressKey, canonicalHost, isLoopback } from '../../address.ts';
import type { Address, CloseReason, Connection } from '../../interfaces.ts';
import type { Bitfield, Handshake, Message, SwarmMessage } from '../../protocol/messages.ts';
import { SWARM_VERSION } from '../../protocol/swarm/magic.ts';
import { isSwarmMessage } from '../../protocol/swarm-message.ts';
import { shuffled } from '../../random.ts';
import { ignoring } from '../../wrapped-transport.ts';
import type { PeerContext } from '../context.ts';
import { PatienceByAddress } from '../patience-by-address.ts';
import { Patience } from '../patience.ts';
import { Neighbour, SILENT_MS } from './neighbours/neighbour.ts';
import { KnownPeers, timesInVain, type KnownPeer } from './neighbours/known-peers.ts';
import { Neighbourhood } from './neighbours/neighbourhood.ts';
import { Search } from './neighbours/search.ts';
import { servedInAnyOrder } from './pickers/pickers.ts';

/** Least time that a handshake is waited for, and a neighbour that says nothing at all. */
const HANDSHAKE_LIMIT_MS = 15_000;
/**
 * How long the handshake of who has connected to us is waited for: it follows the connection at once, so that only the
 * way delays it. Fixed, since a remote has another port each time: nothing that it does or leaves out may change what
 * others are given.
 */
const GREETING_LIMIT_MS = 300_000;
const KEEP_ALIVE_MS = 30_000;
const SILENCE_LIMIT_MS = 90_000;
const RETRY_MS = 1_000;
const RELEASED_MS = 60_000;
/** A useless neighbour keeps its place for this time at first, and twice as long whenever another got it in vain. */
const USELESS_FIRST_MS = 1_000;
const USELESS_MAX_MS = 60_000;
/** What happens on the connections of the mesh. */
export interface MeshHandler {
  /** What a neighbour is shown first. */
  bitfield(): Bitfield;
  /** Handshakes are done; the bitfield that was sent may be of a while ago. */
  joined(neighbour: Neighbour): void;
  message(neighbour: Neighbour, message: SwarmMessage): void;
  drained(neighbour: Neighbour): void;
  /** It is no longer among the neighbours. */
  left(neighbour: Neighbour): void;
}

interface Dialled {
  readonly known: KnownPeer;
  readonly shown: Bitfield;
}

interface Pending {
  readonly key: string | undefined;
  /** undefined: the connection does not stand yet, which is the transport's to wait for. */
  sinceMs: number | undefined;
}

/** The peer's swarm connections: dialling, handshakes, one connection a pair, keeping alive. */
export class Mesh {
  readonly neighbours: Neighbourhood;
  /** There is room for more neighbours than there are addresses to try. */
  lacksAddresses = true;
  readonly #context: PeerContext;
  readonly #handler: MeshHandler;
  readonly #known: KnownPeers;
  readonly #search: Search;
  readonly #byAddress = new Map<string, Neighbour>();
  readonly #pending = new Map<Connection, Pending>();
  readonly #handshakes = new PatienceByAddress(HANDSHAKE_LIMIT_MS);
  /** Nothing takes a doubling back: a keep-alive does not tell how long a part of a chunk takes. */
  readonly #silences = new PatienceByAddress(SILENCE_LIMIT_MS, { learnsUsual: false });
  readonly #usual = { turn: new Patience(SILENT_MS), part: new Patience(SILENT_MS) };
  #uselessMs = USELESS_FIRST_MS;
  /** Before that nobody can be due for a keep-alive, nor have been silent for too long. */
  #keepAliveMs = 0;
  #silenceMs = 0;
  #nextId = 1;
  #stopped = false;

  constructor(context: PeerContext, handler: MeshHandler) {
    this.#context = context;
    this.#handler = handler;
    this.#known = new KnownPeers(context);
    this.neighbours = new Neighbourhood(context.options.maxConnections);
    this.#search = new Search(context, this.neighbours);
  }

  /** Others are in the swarm: a leecher connects to them, and again when it lost them; a seeder tries each once. */
  learn(addresses: readonly Address[]): void {
    this.#known.learn(addresses, this.#context.clock.now());
    this.#dialMore();
  }

  accept(connection: Connection): void {
    this.#await(connection, undefined);
  }

  /** About once a second. */
  tick(): void {
    const nowMs = this.#context.clock.now();
    this.#endSilent(nowMs);
    this.#keepAlive(nowMs);
    this.#dialMore();
  }

  #keepAlive(nowMs: number): void {
    if (nowMs <= this.#keepAliveMs) return;
    let oldestMs = nowMs;
    for (const neighbour of this.neighbours.values()) {
      if (nowMs - neighbour.lastSentMs > KEEP_ALIVE_MS) neighbour.send({ type: 'keep-alive' }, nowMs);
      oldestMs = Math.min(oldestMs, neighbour.lastSentMs);
    }
    this.#keepAliveMs = oldestMs + KEEP_ALIVE_MS;
  }

  #endSilent(nowMs: number): void {
    for (const [connection, { sinceMs, key }] of [...this.#pending]) {
      const patience = key === undefined ? undefined : this.#handshakes.of(connection.remote);
      if (sinceMs === undefined || nowMs - sinceMs <= (patience?.limitMs ?? GREETING_LIMIT_MS)) continue;
      patience?.struck();
      connection.abort();
    }
    if (nowMs <= this.#silenceMs) return;
    let oldestMs = nowMs;
    for (const { connection, address, lastReceivedMs } of [...this.neighbours.values()]) {
      oldestMs = Math.min(oldestMs, lastReceivedMs);
      if (nowMs - lastReceivedMs <= SILENCE_LIMIT_MS) continue;
      const patience = this.#silences.of(address);
      if (nowMs - lastReceivedMs <= patience.limitMs) continue;
      patience.struck();
      connection.abort();
    }
    this.#silenceMs = oldestMs + SILENCE_LIMIT_MS;
  }

  /** The neighbour broke the protocol. */
  fault(neighbour: Neighbour, detail: string): void {
    neighbour.connection.setHandlers(ignoring);
    neighbour.connection.abort();
    this.#closed(neighbour, { kind: 'protocol', detail });
  }

  /** Closes every connection in order; nothing is opened or accepted any more. */
  stop(): void {
    this.#stopped = true;
    for (const connection of this.#pending.keys()) connection.abort();
    for (const neighbour of [...this.neighbours.values()]) this.release(neighbour);
  }

  /** Ends the connection in order; the neighbour is forgotten at once. */
  release(neighbour: Neighbour): void {
    neighbour.connection.setHandlers(ignoring);
    neighbour.connection.end();
    this.#known.learn([neighbour.address], this.#context.clock.now());
    const known = this.#known.get(neighbour.address);
    if (known) known.complete = neighbour.theirs.complete;
    if (neighbour.openedByUs && !hasTraded(neighbour)) this.#search.wasInVain();
    this.#remove(neighbour, RELEASED_MS);
  }

  #dialMore(): void {
    const { ledger, random, clock } = this.#context;
    if (this.#stopped) return;
    const pendingKeys = new Set(
      [...this.#pending.values()].flatMap(({ key }) => (key === undefined ? [] : [key])),
    );
    let free = this.#search.wanted(pendingKeys.size, () => this.#useless() !== undefined);
    this.lacksAddresses = false;
    if (free <= 0 || this.#search.paused) return;
    const nowMs = clock.now();
    const ready: KnownPeer[] = [];
    for (const [key, known] of this.#known.entries()) {
      if (known.nextDialMs > nowMs || (ledger.complete && (known.dialled || known.complete))) continue;
      if (this.#byAddress.has(key) || pendingKeys.has(key) || this.#context.isBannedKey(key)) continue;
      ready.push(known);
    }
    this.lacksAddresses = ready.length < free;
    if (ready.length > 0) this.#search.began();
    const order = shuffled(ready, random);
    // Most of those it knows may be gone, or give nothing to anybody.
    if (this.#search.isStarved) order.sort((one, other) => timesInVain(one) - timesInVain(other));
    for (const known of order) {
      if (free-- <= 0) return;
      known.dialled = true;
      this.#await(this.#context.transport.connect(known.address, 'swarm'), known);
    }
  }

  #await(connection: Connection, dialled: KnownPeer | undefined): void {
    const key = dialled && addressKey(dialled.address);
    const { clock } = this.#context;
    const beganMs = clock.now();
    const pending: Pending = { key, sinceMs: dialled ? undefined : beganMs };
    this.#pending.set(connection, pending);
    connection.setHandlers({
      onOpen: () => {
        pending.sinceMs = clock.now();
        // A connect tells of a round trip, or only of our side's part of it.
        this.#handshakes.of(connection.remote).expect(3 * (pending.sinceMs - beganMs));
      },
      onMessage: (message) => {
        if (!this.#pending.delete(connection)) return;
        if (dialled) this.#handshakes.of(connection.remote).heard(clock.now() - (pending.sinceMs ?? beganMs));
        this.#greeted(connection, dialled && { known: dialled, shown: shown! }, message);
      },
      onClose: (reason) => {
        this.#pending.delete(connection);
        if (dialled) this.#failed(dialled, reason);
      },
    });
    const shown = dialled && this.#introduce(connection);
  }

  /** The bitfield follows the handshake at once: waiting for the answer would cost a round trip. */
  #introduce(connection: Connection): Bitfield {
    connection.send(this.#handshake());
    connection.send({ type: 'resumes' });
    if (servedInAnyOrder.has(this.#context.picker)) connection.send({ type: 'any-order' });
    const shown = this.#handler.bitfield();
    connection.send(shown);
    return shown;
  }

  #greeted(connection: Connection, dialled: Dialled | undefined, message: Message): void {
    const refuse = (detail: string): void => {
      const address = dialled?.known.address ?? connection.remote;
      this.#context.tell({ type: 'remote-fault', address, detail });
      connection.setHandlers(ignoring);
      connection.abort();
    };
    if (message.type !== 'handshake') return refuse(`${message.type} before the handshake`);
    if (message.version !== SWARM_VERSION)
      return refuse(`protocol version ${message.version}, ours is ${SWARM_VERSION}`);
    const { totalChunks } = this.#context.ledger;
    if (message.totalChunks !== totalChunks) {
      return refuse(`its file has ${message.totalChunks} chunks, ours ${totalChunks}`);
    }
    const address = dialled?.known.address ?? { host: connection.remote.host, port: message.port };
    const shown = dialled?.shown ?? this.#introduce(connection);
    if (!this.#mayStay(dialled !== undefined, address, message)) {
      if (dialled) this.#known.putOff(dialled.known, this.#context.clock.now());
      connection.setHandlers(ignoring);
      connection.end();
      return;
    }
    if (dialled) dialled.known.failures = 0;
    this.#join(connection, dialled !== undefined, address, message.name, shown);
  }

  #mayStay(openedByUs: boolean, address: Address, theirs: Handshake): boolean {
    if (this.#stopped || this.#context.isBanned(address)) return false;
    if (this.#isOurselves(address, theirs)) return false;
    const { ownPort, options } = this.#context;
    const older = this.#byAddress.get(addressKey(address));
    if (older === undefined) return this.neighbours.size < options.maxConnections || this.#makeRoom();
    // Two peers that dial each other at once must drop the same one of the two connections: the one that the peer
    // with the lower (port, name) opened stays. Of two from one side the older is a left-over.
    const oursIsLower = ownPort - theirs.port || (options.name < theirs.name ? -1 : 1);
    const keepsOurs = oursIsLower < 0;
    if (older.openedByUs !== openedByUs && openedByUs !== keepsOurs) return false;
    older.connection.setHandlers(ignoring);
    older.connection.end();
    this.#remove(older, 0);
    return true;
  }

  /** On another machine a peer may well have the same name and port: the same command starts it there. */
  #isOurselves({ host }: Address, theirs: Handshake): boolean {
    const { ownPort, options } = this.#context;
    if (theirs.port !== ownPort || theirs.name !== options.name) return false;
    return isLoopback(host) || canonicalHost(host) === canonicalHost(options.host);
  }

  /** A neighbour of no use to either side gives its place to one that may be. Returns whether there was one. */
  #makeRoom(): boolean {
    const useless = this.#useless();
    if (useless === undefined) return false;
    this.#uselessMs = Math.min(2 * this.#uselessMs, USELESS_MAX_MS);
    useless.connection.setHandlers(ignoring);
    useless.connection.end();
    const known = this.#known.get(useless.address);
    this.#remove(useless, 0);
    if (known) this.#known.putOff(known, this.#context.clock.now());
    return true;
  }

  /**
   * The first that has been of no use for a while: nothing is wanted from it, nor by it. Where nobody gives anything,
   * what is wanted is of no use either; of those who hold it goes who has been of no use for longest.
   */
  #useless(): Neighbour | undefined {
    const nowMs = this.#context.clock.now();
    const { interested } = this.neighbours.standing;
    const uselessMs = this.#search.cappedMs(this.#uselessMs);
    let miser: { readonly neighbour: Neighbour; readonly lastUseMs: number } | undefined;
    for (const neighbour of this.neighbours.where((at) => ~interested.words[at]!)) {
      const { joinedMs, lastProgressMs, lastServedMs } = neighbour;
      const isInUse = neighbour.requests.size > 0 || neighbour.serving.length > 0 || neighbour.blocked;
      const lastUseMs = Math.max(joinedMs, lastProgressMs, lastServedMs);
      if (isInUse || nowMs - lastUseMs <= uselessMs) continue;
      if (neighbour.usefulChunks === 0) return neighbour;
      if (miser === undefined || lastUseMs < miser.lastUseMs) miser = { neighbour, lastUseMs };
    }
    return this.#search.isStarved ? miser?.neighbour : undefined;
  }

  #join(connection: Connection, openedByUs: boolean, address: Address, name: string, shown: Bitfield): void {
    const { clock, ledger } = this.#context;
    const { totalChunks } = ledger;
    const about = { connection, openedByUs, address, name, totalChunks, shown: shown.bits };
    const { standing } = this.neighbours;
    const place = { id: this.#nextId++, slot: this.neighbours.takeSlot(), standing };
    const neighbour = new Neighbour(place, about, clock.now(), this.#usual);
    this.neighbours.add(neighbour);
    this.#byAddress.set(addressKey(address), neighbour);
    connection.setHandlers({
      onMessage: (message) => {
        neighbour.lastReceivedMs = clock.now();
        if (isSwarmMessage(message)) this.#handler.message(neighbour, message);
        else this.fault(neighbour, `${message.type} on a swarm connection`);
      },
      onDrain: () => this.#handler.drained(neighbour),
      onClose: (reason) => this.#closed(neighbour, reason),
    });
    this.#handler.joined(neighbour);
  }

  #closed(neighbour: Neighbour, reason: CloseReason): void {
    if (!this.neighbours.has(neighbour.id)) return;
    if (reason.kind !== 'end') {
      const type = reason.kind === 'protocol' ? 'remote-fault' : 'connection-failed';
      this.#context.tell({ type, address: neighbour.address, detail: reason.detail });
    }
    // Who had connected to us may not know that we are still there, and the tracker may be gone.
    if (reason.kind !== 'end' && reason.kind !== 'protocol' && !this.#context.ledger.complete) {
      this.#known.learn([neighbour.address], this.#context.clock.now());
    }
    this.#remove(neighbour, RETRY_MS);
    const known = this.#known.get(neighbour.address);
    if (!hasTraded(neighbour)) {
      if (known) this.#known.putOff(known, this.#context.clock.now());
      return;
    }
    if (known) known.fruitless = 0;
    this.#uselessMs = USELESS_FIRST_MS;
    this.#search.wasOfUse();
  }

  #remove(neighbour: Neighbour, retryMs: number): void {
    if (!this.neighbours.remove(neighbour)) return;
    const key = addressKey(neighbour.address);
    if (this.#byAddress.get(key) === neighbour) this.#byAddress.delete(key);
    const known = this.#known.get(neighbour.address);
    if (known) known.nextDialMs = this.#context.clock.now() + retryMs;
    this.#handler.left(neighbour);
    this.neighbours.vacate(neighbour);
  }

  #failed(known: KnownPeer, reason: CloseReason): void {
    if (this.#stopped) return;
    const detail = reason.kind === 'end' ? 'closed before the handshake' : reason.detail;
    this.#context.tell({ type: 'connection-failed', address: known.address, detail });
    this.#known.failed(known, this.#context.clock.now());
    this.#search.couldNotTry();
  }

  #handshake(): Handshake {
    const { options, ownPort, ledger } = this.#context;
    return {
      type: 'handshake',
      version: SWARM_VERSION,
      name: options.name,
      port: ownPort,
      totalChunks: ledger.totalChunks,
    };
  }
}

/** A byte of a chunk went over the connection, either way. */
function hasTraded({ sentBytes, pace }: Neighbour): boolean {
  return sentBytes + pace.bytes > 0;
}
