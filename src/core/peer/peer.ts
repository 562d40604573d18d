import { addressText } from '../address.ts';
import type { Address, Connection, Listener, Timer } from '../interfaces.ts';
import type { ChunkClaim, PeerEntry } from '../protocol/messages.ts';
import { ignoring } from '../wrapped-transport.ts';
import { ConnectionRoster } from './connection-roster.ts';
import { PeerContext } from './context.ts';
import { Ledger } from './ledger.ts';
import { peerDefaults } from './options.ts';
import type { PeerComponents, PeerOptions } from './options.ts';
import { SpecExchange } from './spec/exchange.ts';
import { SwarmExchange } from './swarm/exchange.ts';
import { SwarmTrackerSession } from './swarm/tracker-session.ts';

/** On leaving, connections that have not closed in order by then are cut. */
const LEAVE_LIMIT_MS = 2_000;
const TICK_MS = 1_000;
const NAMED_CHUNKS_MAX = 10;

/**
 * A peer: downloads the chunks that it lacks and serves those that it holds, by the spec protocol and by the swarm
 * protocol at the same time. A state machine without a thread, a socket or a clock of its own: messages,
 * connections and timers come in through its components, events go out.
 *
 * `start` listens (event `peer-joined`) and turns to the tracker; `peer-completed` follows when the last missing
 * chunk is held, unless nothing was missing; `leave` ends in `peer-left`.
 */
export class Peer {
  readonly ledger: Ledger;
  readonly #context: PeerContext;
  readonly #roster: ConnectionRoster;
  readonly #swarm: SwarmExchange;
  readonly #spec: SpecExchange;
  readonly #tracker: SwarmTrackerSession;
  /** Chunks that came by plain text alone. */
  readonly #unverified: number[] = [];
  #listener: Listener | undefined;
  #tick: Timer | undefined;
  #state: 'new' | 'started' | 'leaving' | 'left' = 'new';

  constructor(
    components: PeerComponents,
    options: Partial<PeerOptions> & Pick<PeerOptions, 'name' | 'tracker'>,
  ) {
    this.ledger = new Ledger(components, options.name);
    this.#roster = new ConnectionRoster(components.transport);
    this.#context = new PeerContext(
      { ...components, transport: this.#roster },
      { ...peerDefaults, ...options },
      this.ledger,
    );
    this.#swarm = new SwarmExchange(this.#context);
    this.#spec = new SpecExchange(this.#context, {
      onOurTracker: () => this.#upgrade(),
      copiesInSwarm: (index) => this.#swarm.copies(index),
      onMoreChunks: (index) => this.#wrongTotal(index),
    });
    this.#tracker = new SwarmTrackerSession(this.#context, {
      onPeers: (peers, agreed) => this.#learn(peers, agreed),
      // What spec peers hold is told by each answer anew.
      lacksPeers: () => this.#swarm.lacksAddresses || this.#swarm.idle || this.#spec.knowsPeers,
      onOtherFile: (totalChunks) => this.#otherFile(totalChunks),
      onLost: () => this.#trackerLost(),
    });
    let isMissingSome = !this.ledger.complete;
    this.ledger.onLost(() => (isMissingSome = true));
    this.ledger.onHeld((index) => {
      if (this.ledger.agreed(index) === undefined) this.#unverified.push(index);
      if (!this.ledger.complete || !isMissingSome) return;
      isMissingSome = false;
      this.#spec.confirmTotal(() => {
        if (this.#state === 'started') this.#context.tell({ type: 'peer-completed' });
      });
    });
  }

  /** Where the peer listens; undefined before `peer-joined`. */
  get address(): Address | undefined {
    const { ownPort, options } = this.#context;
    return ownPort === 0 ? undefined : { host: options.host, port: ownPort };
  }

  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'started';
    this.#listener = this.#context.transport.listen({
      port: this.#context.options.port,
      role: 'peer',
      onConnection: (connection) => this.#accept(connection),
      onListening: ({ port }) => this.#joined(port),
      onError: (error) => {
        this.#context.tell({ type: 'node-failed', code: 'TRANSPORT', detail: error.message });
      },
    });
  }

  /** Leaves in order: tells the tracker, closes every connection, then emits `peer-left`. */
  leave(): void {
    if (this.#state === 'leaving' || this.#state === 'left') return;
    this.#state = 'leaving';
    this.#tick?.cancel();
    this.#listener?.close();
    this.#tracker.stop();
    this.#spec.stop();
    this.#swarm.stop();
    const limit = this.#context.clock.setTimer(LEAVE_LIMIT_MS, () => this.#roster.abortAll());
    this.#roster.whenEmpty(() => {
      limit.cancel();
      this.#state = 'left';
      this.#context.tell({ type: 'peer-left' });
    });
  }

  #joined(port: number): void {
    if (this.#state !== 'started') return;
    const { options, ledger } = this.#context;
    this.#context.ownPort = port;
    this.#context.tell({
      type: 'peer-joined',
      address: { host: options.host, port },
      protocol: options.protocol,
      heldChunks: ledger.held.size,
      totalChunks: ledger.totalChunks,
    });
    this.#spec.start();
    if (options.protocol === 'swarm') this.#swarm.start();
    if (options.protocol === 'swarm' && options.trackerIsOurs) this.#tracker.start();
    else this.#spec.startSession();
    this.#everyTick();
  }

  #accept(connection: Connection): void {
    if (this.#state !== 'started') this.#refuse(connection);
    else if (connection.dialect !== 'swarm') this.#spec.serve(connection);
    else if (this.#context.options.protocol === 'swarm') this.#swarm.accept(connection);
    else this.#refuse(connection);
  }

  #refuse(connection: Connection): void {
    connection.setHandlers(ignoring);
    connection.abort();
  }

  /** The tracker turned out to be ours, so a peer that would rather speak the swarm protocol does. */
  #upgrade(): void {
    if (this.#context.options.protocol !== 'swarm' || this.#state !== 'started') return;
    this.#spec.stopSession();
    this.#tracker.start();
  }

  #trackerLost(): boolean {
    if (this.#context.options.trackerIsOurs || this.#state !== 'started') return true;
    // Another program may answer at that address next time: find out again whose it is.
    this.#spec.startSession();
    return false;
  }

  /** The user's mistake: the folder's list ends too early. */
  #wrongTotal(index: number): void {
    const { ledger, options } = this.#context;
    const tracker = addressText(options.tracker);
    const detail =
      `the file of the folder has ${ledger.totalChunks} chunks, but the tracker ${tracker} knows of a chunk ${index}; ` +
      'correct the line <total>,LASTCHUNK of its local_chunks.txt, or give the tracker of another swarm';
    this.#context.tell({ type: 'node-failed', code: 'CONFIG', detail });
    this.leave();
  }

  /** The user's mistake. By plain text, which tells nothing of files, chunks of the other one might be taken in. */
  #otherFile(totalChunks: number): void {
    const { ledger, options } = this.#context;
    const tracker = addressText(options.tracker);
    this.#context.tell({
      type: 'node-failed',
      code: 'CONFIG',
      detail:
        `the file of the folder has ${ledger.totalChunks} chunks, but that of the tracker ${tracker} has ` +
        `${totalChunks}; give the folder of that file, or the tracker of another swarm` +
        foreignChunks(this.#unverified),
    });
    this.leave();
  }

  #learn(peers: readonly PeerEntry[], agreed: readonly ChunkClaim[]): void {
    for (const claim of agreed) {
      this.ledger.agree(claim);
      this.#context.agreed(claim);
    }
    if (agreed.length > 0) this.#swarm.agreed(agreed.map(({ index }) => index));
    this.#spec.learn(peers.filter(({ protocol }) => protocol === 'spec'));
    this.#swarm.learn(peers.flatMap(({ protocol, address }) => (protocol === 'swarm' ? [address] : [])));
  }

  #everyTick(): void {
    this.#tick = this.#context.clock.setTimer(TICK_MS, () => {
      this.#everyTick();
      this.#spec.fetchMore();
      if (!this.ledger.complete && this.#swarm.idle) this.#tracker.askForPeers();
    });
  }
}

/** What the user has to remove from the folder. */
function foreignChunks(indices: readonly number[]): string {
  if (indices.length === 0) return '';
  const more = indices.length > NAMED_CHUNKS_MAX ? ` and ${indices.length - NAMED_CHUNKS_MAX} more` : '';
  const named = indices.slice(0, NAMED_CHUNKS_MAX).join(', ') + more;
  return indices.length === 1
    ? `; chunk ${named} came from there: remove it`
    : `; chunks ${named} came from there: remove them`;
}
