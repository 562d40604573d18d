import type { Clock, Timer } from '../../interfaces.ts';
import type { Dialect } from '../../protocol/messages.ts';
import { matchMagic } from '../../protocol/swarm/magic.ts';
import { SECOND_MS } from '../../units.ts';
import type { AcceptedSocket } from './accepted-socket.ts';

/**
 * An accepted connection that sends nothing for this time is dropped. The first bytes of a simulated peer wait for its
 * latency of up to a minute, and on an uplink of 1 kbit/s for the blocks of its other connections: 12 s for each.
 */
const SILENT_PEER_MS = 1800 * SECOND_MS;

/** Beyond this number of silent connections the oldest is dropped. */
const SILENT_MAX = 1000;

export interface AcceptorOptions {
  /** A silent client of a tracker may stay: some connect long before they ask. */
  readonly role: 'tracker' | 'peer';
  /** Default 1,800,000; only for peers. */
  readonly silentPeerMs?: number;
  /** Default 1,000. */
  readonly silentMax?: number;
  /** `first` are all bytes so far; nothing of them has been consumed. `ended`: the remote has ended already. */
  onDialect(accepted: AcceptedSocket, dialect: Dialect, first: Uint8Array, ended: boolean): void;
}

/** Keeps accepted sockets until their first bytes tell which dialect they speak. */
export class TcpAcceptor {
  readonly #clock: Clock;
  readonly #options: AcceptorOptions;
  readonly #silentMax: number;
  /** Oldest first. */
  readonly #silent = new Map<AcceptedSocket, SilentSocket>();

  constructor(components: { readonly clock: Clock }, options: AcceptorOptions) {
    this.#clock = components.clock;
    this.#options = options;
    this.#silentMax = options.silentMax ?? SILENT_MAX;
  }

  add(accepted: AcceptedSocket): void {
    const { socket } = accepted;
    const timer =
      this.#options.role === 'peer'
        ? this.#clock.setTimer(this.#options.silentPeerMs ?? SILENT_PEER_MS, () => this.#drop(accepted))
        : undefined;
    const silent: SilentSocket = {
      timer,
      prefix: Buffer.alloc(0),
      onEnd: () => this.#onEnd(accepted, silent),
      onClose: () => this.#forget(accepted),
    };
    this.#silent.set(accepted, silent);
    accepted.onBytes = (bytes) => this.#onBytes(accepted, silent, bytes);
    socket.on('end', silent.onEnd);
    // `close` follows an error; there is nobody yet to be told of it.
    socket.on('error', silent.onClose);
    socket.on('close', silent.onClose);
    if (this.#silent.size <= this.#silentMax) return;
    const [oldest] = this.#silent.keys();
    if (oldest) this.#drop(oldest);
  }

  /** Drops every connection that has not said anything yet. */
  close(): void {
    for (const accepted of [...this.#silent.keys()]) this.#drop(accepted);
  }

  #onBytes(accepted: AcceptedSocket, silent: SilentSocket, bytes: Uint8Array): void {
    silent.prefix = Buffer.concat([silent.prefix, bytes]);
    const verdict = matchMagic(silent.prefix);
    if (verdict === 'maybe') return;
    this.#handOver(accepted, silent, verdict === 'yes' ? 'swarm' : this.#textDialect(), false);
  }

  /** Bytes that only began like the magic are text; a remote that never said a word is answered by our own end. */
  #onEnd(accepted: AcceptedSocket, silent: SilentSocket): void {
    if (silent.prefix.length > 0) this.#handOver(accepted, silent, this.#textDialect(), true);
    else accepted.socket.end();
  }

  #textDialect(): Dialect {
    return this.#options.role === 'tracker' ? 'spec-tracker' : 'spec-chunk';
  }

  #handOver(accepted: AcceptedSocket, silent: SilentSocket, dialect: Dialect, ended: boolean): void {
    const { socket } = accepted;
    this.#forget(accepted);
    socket.off('end', silent.onEnd);
    socket.off('error', silent.onClose);
    socket.off('close', silent.onClose);
    this.#options.onDialect(accepted, dialect, silent.prefix, ended);
  }

  #drop(accepted: AcceptedSocket): void {
    this.#forget(accepted);
    accepted.socket.destroy();
  }

  #forget(accepted: AcceptedSocket): void {
    this.#silent.get(accepted)?.timer?.cancel();
    this.#silent.delete(accepted);
  }
}

interface SilentSocket {
  readonly timer: Timer | undefined;
  prefix: Buffer;
  readonly onEnd: () => void;
  readonly onClose: () => void;
}
