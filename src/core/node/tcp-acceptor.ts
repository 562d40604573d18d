import type { Socket } from 'node:net';
import type { Clock, Timer } from '../interfaces.ts';
import type { Dialect } from '../protocol/messages.ts';
import { matchMagic } from '../protocol/swarm/magic.ts';
import { SECOND_MS } from '../units.ts';

/** A connection to a peer that says nothing for so long is dropped. */
const SILENT_PEER_MS = 30 * SECOND_MS;

/** Beyond this number of silent connections the oldest is dropped. */
const SILENT_MAX = 1000;

export interface AcceptorOptions {
  /** A silent client of a tracker may stay: some connect long before they ask. */
  readonly role: 'tracker' | 'peer';
  /** Default 30,000; only for peers. */
  readonly silentPeerMs?: number;
  /** Default 1,000. */
  readonly silentMax?: number;
  /** `first` are all bytes so far; nothing of them has been consumed. `ended`: the remote has ended already. */
  onDialect(socket: Socket, dialect: Dialect, first: Uint8Array, ended: boolean): void;
}

/** Keeps accepted sockets until their first bytes tell which dialect they speak. */
export class TcpAcceptor {
  readonly #clock: Clock;
  readonly #options: AcceptorOptions;
  readonly #silentMax: number;
  /** Oldest first. */
  readonly #silent = new Map<Socket, SilentSocket>();

  constructor(components: { readonly clock: Clock }, options: AcceptorOptions) {
    this.#clock = components.clock;
    this.#options = options;
    this.#silentMax = options.silentMax ?? SILENT_MAX;
  }

  add(socket: Socket): void {
    const timer =
      this.#options.role === 'peer'
        ? this.#clock.setTimer(this.#options.silentPeerMs ?? SILENT_PEER_MS, () => this.#drop(socket))
        : undefined;
    const silent: SilentSocket = {
      timer,
      prefix: Buffer.alloc(0),
      onData: (bytes) => this.#onData(socket, silent, bytes),
      onEnd: () => this.#onEnd(socket, silent),
      onClose: () => this.#forget(socket),
    };
    this.#silent.set(socket, silent);
    socket.on('data', silent.onData);
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
    for (const socket of [...this.#silent.keys()]) this.#drop(socket);
  }

  #onData(socket: Socket, silent: SilentSocket, bytes: Buffer): void {
    silent.prefix = silent.prefix.length === 0 ? bytes : Buffer.concat([silent.prefix, bytes]);
    const verdict = matchMagic(silent.prefix);
    if (verdict === 'maybe') return;
    this.#handOver(socket, silent, verdict === 'yes' ? 'swarm' : this.#textDialect(), false);
  }

  /** Bytes that only began like the magic are text; a remote that never said a word is answered by our own end. */
  #onEnd(socket: Socket, silent: SilentSocket): void {
    if (silent.prefix.length > 0) this.#handOver(socket, silent, this.#textDialect(), true);
    else socket.end();
  }

  #textDialect(): Dialect {
    return this.#options.role === 'tracker' ? 'spec-tracker' : 'spec-chunk';
  }

  #handOver(socket: Socket, silent: SilentSocket, dialect: Dialect, ended: boolean): void {
    this.#forget(socket);
    socket.off('data', silent.onData);
    socket.off('end', silent.onEnd);
    socket.off('error', silent.onClose);
    socket.off('close', silent.onClose);
    this.#options.onDialect(socket, dialect, silent.prefix, ended);
  }

  #drop(socket: Socket): void {
    this.#forget(socket);
    socket.destroy();
  }

  #forget(socket: Socket): void {
    this.#silent.get(socket)?.timer?.cancel();
    this.#silent.delete(socket);
  }
}

interface SilentSocket {
  readonly timer: Timer | undefined;
  prefix: Buffer;
  readonly onData: (bytes: Buffer) => void;
  readonly onEnd: () => void;
  readonly onClose: () => void;
}
