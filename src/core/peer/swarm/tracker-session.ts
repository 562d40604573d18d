import type { CloseReason, Connection, Timer } from '../../interfaces.ts';
import type { Announce, ChunkClaim, Message, PeerEntry } from '../../protocol/messages.ts';
import { CLAIMS_MAX } from '../../protocol/swarm/limits.ts';
import { SWARM_VERSION } from '../../protocol/swarm/magic.ts';
import type { PeerContext } from '../context.ts';

/** Chunks received since the last announce are announced at most this often. */
const UPDATE_MS = 1_000;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 30_000;
/** Peers asked for while chunks are missing and there is room for neighbours. */
const WANTED_PEERS = 50;
/** After this time others are asked for in any case: there may be new ones of another kind. */
const WANTED_AGAIN_MS = 10_000;

export interface SwarmTrackerCallbacks {
  onPeers(peers: readonly PeerEntry[], agreed: readonly ChunkClaim[]): void;
  /** Whether addresses of others are of any use. */
  lacksPeers(): boolean;
  /** The tracker's swarm is about a file with so many chunks, not about this peer's. The session is over. */
  onOtherFile(totalChunks: number): void;
  /** The connection is lost. Returns whether the session should try again. */
  onLost(): boolean;
}

/** The peer's conversation with a tracker of ours: announces what it holds, learns peers and agreed hashes. */
export class SwarmTrackerSession {
  readonly #context: PeerContext;
  readonly #callbacks: SwarmTrackerCallbacks;
  #connection: Connection | undefined;
  #untold = new Set<number>();
  #announce: Timer | undefined;
  #announceAtMs = Infinity;
  #retry: Timer | undefined;
  #retryMs = RETRY_FIRST_MS;
  /** The tracker was told over this connection that the peer is there, and has shaken hands. */
  #told = false;
  #greeted = false;
  #lastAnnounceMs = -Infinity;
  /** When it last asked for peers. */
  #wantedMs = -Infinity;
  #completedTold = false;
  #stopped = true;

  constructor(context: PeerContext, callbacks: SwarmTrackerCallbacks) {
    this.#context = context;
    this.#callbacks = callbacks;
    context.ledger.onHeld((index) => {
      this.#untold.add(index);
      this.#announceSoon();
    });
  }

  start(): void {
    this.#stopped = false;
    this.#connect();
  }

  /** Tells the tracker that the peer leaves, and ends the conversation. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#announce?.cancel();
    this.#retry?.cancel();
    // Also who has waited for the tracker's first word in vain is known to it by then.
    if (this.#told) this.#send('stopped');
    this.#connection?.end();
  }

  /** The peer has too few sources: asks for others before the interval is over. */
  askForPeers(): void {
    if (this.#greeted) this.#announceAt(this.#lastAnnounceMs + UPDATE_MS);
  }

  #connect(): void {
    const { options, transport } = this.#context;
    const connection = transport.connect(options.tracker, 'swarm');
    this.#connection = connection;
    connection.setHandlers({
      onOpen: () => this.#opened(connection),
      onMessage: (message) => this.#received(message),
      onClose: (reason) => this.#lost(reason),
    });
  }

  /** Reports announced chunks once their message has left. */
  #opened(connection: Connection): void {
    if (this.#stopped || this.#connection !== connection) return;
    const { options, ledger, ownPort } = this.#context;
    connection.send({
      type: 'handshake',
      version: SWARM_VERSION,
      name: options.name,
      port: ownPort,
      totalChunks: ledger.totalChunks,
    });
    this.#untold = new Set(ledger.held);
    this.#completedTold = ledger.complete;
    this.#told = true;
    this.#send('started');
  }

  #received(message: Message): void {
    if (this.#stopped) return;
    if (message.type === 'handshake') this.#greet(message.totalChunks);
    else if (message.type === 'peers') {
      this.#announceAt(this.#lastAnnounceMs + message.intervalMs);
      this.#callbacks.onPeers(message.peers, message.agreed);
    }
  }

  /** @param totalChunks 0: the tracker does not know it */
  #greet(totalChunks: number): void {
    const { ledger, options } = this.#context;
    if (totalChunks !== 0 && totalChunks !== ledger.totalChunks) {
      this.#stopped = true;
      this.#announce?.cancel();
      this.#connection?.end();
      this.#callbacks.onOtherFile(totalChunks);
      return;
    }
    this.#greeted = true;
    this.#retryMs = RETRY_FIRST_MS;
    this.#context.tell({ type: 'tracker-found', address: options.tracker, protocol: 'swarm' });
    if (this.#untold.size > 0) this.#announceSoon();
  }

  #announceSoon(): void {
    if (!this.#greeted) return;
    const finished = this.#context.ledger.complete && !this.#completedTold;
    this.#announceAt(finished ? 0 : this.#lastAnnounceMs + UPDATE_MS);
  }

  /** Announces at this time at the latest. */
  #announceAt(atMs: number): void {
    if (this.#stopped || atMs >= this.#announceAtMs) return;
    this.#announce?.cancel();
    this.#announceAtMs = atMs;
    const { clock, ledger } = this.#context;
    this.#announce = clock.setTimer(Math.max(0, atMs - clock.now()), () => {
      const finished = ledger.complete && !this.#completedTold;
      this.#completedTold ||= finished;
      this.#send(finished ? 'completed' : 'update');
    });
  }

  #send(event: Announce['event']): void {
    const { clock, ledger, options, ownPort } = this.#context;
    this.#lastAnnounceMs = clock.now();
    this.#announceAtMs = Infinity;
    const claims = [...this.#untold].flatMap((index) => ledger.claim(index) ?? []);
    this.#untold.clear();
    // A seeder asks once: leechers that announced before it did cannot know of it.
    const wanted = event === 'started' || (event !== 'stopped' && this.#lacksPeers()) ? WANTED_PEERS : 0;
    if (wanted > 0) this.#wantedMs = this.#lastAnnounceMs;
    for (let first = 0; first === 0 || first < claims.length; first += CLAIMS_MAX) {
      this.#connection?.send({
        type: 'announce',
        event: first === 0 ? event : 'update',
        wanted: first === 0 ? wanted : 0,
        bits: ledger.held.toBits(),
        claims: claims.slice(first, first + CLAIMS_MAX),
      });
    }
    const address = { host: options.host, port: ownPort };
    for (const { index, hash } of claims) {
      this.#context.tell({ type: 'chunk-announced', index, hash, address, protocol: 'swarm' });
    }
  }

  #lacksPeers(): boolean {
    const { clock, ledger } = this.#context;
    if (ledger.complete) return false;
    return this.#callbacks.lacksPeers() || clock.now() - this.#wantedMs >= WANTED_AGAIN_MS;
  }

  #lost(reason: CloseReason): void {
    this.#connection = undefined;
    this.#told = false;
    this.#greeted = false;
    this.#announce?.cancel();
    this.#announceAtMs = Infinity;
    if (this.#stopped) return;
    const { clock, options } = this.#context;
    const detail = reason.kind === 'end' ? 'it closed the connection' : reason.detail;
    this.#context.tell({ type: 'tracker-lost', address: options.tracker, detail, retryMs: this.#retryMs });
    if (!this.#callbacks.onLost()) {
      this.#stopped = true;
      return;
    }
    this.#retry = clock.setTimer(this.#retryMs, () => this.#connect());
    this.#retryMs = Math.min(RETRY_MAX_MS, this.#retryMs * 2);
  }
}
