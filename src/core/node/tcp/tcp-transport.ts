import {
  createServer,
  isIP,
  Socket,
  type AddressInfo,
  type ConnectOpts,
  type SocketConstructorOpts,
} from 'node:net';
import { isLoopback } from '../../address.ts';
import type { Address, Clock, Connection, ListenOptions, Listener, Transport } from '../../interfaces.ts';
import type { Dialect } from '../../protocol/messages.ts';
import { KIB, SECOND_MS } from '../../units.ts';
import { AcceptedSocket } from './accepted-socket.ts';
import { TcpAcceptor } from './tcp-acceptor.ts';
import { TcpConnection, type TcpConnectionOptions } from './tcp-connection.ts';
import { listenError } from './tcp-errors.ts';

export interface TcpTransportComponents {
  readonly clock: Clock;
}

export interface TcpTransportOptions {
  /** Number of chunks of the file, if known: requests of the spec protocol are then answered sooner. */
  readonly totalChunks?: number;
  /** Where to listen. Default `127.0.0.1`; `localhost` is the same; `0.0.0.0` every address of IPv4, `::` of IPv4 and IPv6. */
  readonly host?: string;
  /**
   * Numeric address of this machine that outgoing connections come from, so that the other side can tell who it is.
   * Default: chosen by the system, as it is where this one cannot be used: towards the other family of addresses, and
   * from a loopback address towards other machines. One that is not of this machine makes connections fail as refused.
   */
  readonly localAddress?: string;
  /**
   * Addresses that may connect; who comes from elsewhere is told that it is no member, and refused. Default: all.
   */
  readonly members?: readonly string[];
  /** A connection that is not established by then counts as refused. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** How long a remote may leave its side open, and silent, after we ended ours. Default 30,000. */
  readonly lingerMs?: number;
  /** How long an accepted connection to a peer may say nothing. Default 1,800,000. */
  readonly silentPeerMs?: number;
  /** How many accepted connections a listener keeps that have said nothing. Default 1,000. */
  readonly silentMax?: number;
}

const CONNECT_TIMEOUT_MS = 10 * SECOND_MS;

/** One system call takes at most this: a chunk of a usual size, which stays in the processor's cache. */
const READ_BUFFER_BYTES = 256 * KIB;

/** Connections the system may hold ready before they are accepted: a flash crowd comes in one moment. */
const BACKLOG = 1024;

/** Messages over TCP, of all dialects on one port. Bodies are Buffers. */
export class TcpTransport implements Transport {
  readonly #components: TcpTransportComponents;
  readonly #options: TcpTransportOptions;
  /** Shared by all connections: what is read is consumed before the next read. */
  readonly #readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);

  constructor(components: TcpTransportComponents, options: TcpTransportOptions = {}) {
    this.#components = components;
    this.#options = options;
  }

  listen(options: ListenOptions): Listener {
    const host = numericHost(this.#options.host ?? '127.0.0.1');
    const acceptor = new TcpAcceptor(this.#components, {
      role: options.role,
      ...pickDefined(this.#options, ['silentPeerMs', 'silentMax']),
      onDialect: (accepted, dialect, first, ended) => this.#accept(options, accepted, dialect, first, ended),
    });
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
      if (this.#isMember(socket.remoteAddress)) acceptor.add(new AcceptedSocket(socket, this.#readBuffer));
      else refuseStranger(socket);
    });
    let closed = false;
    const fail = (error: Error) => {
      if (!closed) options.onError(listenError(error, host, options.port));
    };
    server.on('error', fail);
    server.on('listening', () => {
      if (!closed) options.onListening({ host, port: (server.address() as AddressInfo).port });
    });
    try {
      server.listen({ port: options.port, host, backlog: BACKLOG });
    } catch (error) {
      process.nextTick(fail, error);
    }
    return {
      close() {
        if (closed) return;
        closed = true;
        server.close();
        acceptor.close();
      },
    };
  }

  #isMember(host: string | undefined): boolean {
    const { members } = this.#options;
    return members === undefined || (host !== undefined && members.includes(host.replace(/^::ffff:/, '')));
  }

  connect(address: Address, dialect: Dialect): Connection {
    const socketOptions: SocketConstructorOpts & ConnectOpts = {
      allowHalfOpen: true,
      onread: {
        buffer: this.#readBuffer,
        callback: (length) => {
          connection.receive(this.#readBuffer.subarray(0, length));
          return true;
        },
      },
    };
    const socket = new Socket(socketOptions);
    const connection = new TcpConnection(this.#components, socket, {
      ...this.#connectionOptions(address, dialect),
      end: 'opener',
    });
    const timeout = this.#components.clock.setTimer(
      this.#options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      () => connection.break({ kind: 'refused', detail: 'no answer in time' }),
    );
    socket.once('connect', () => timeout.cancel());
    socket.once('close', () => timeout.cancel());
    try {
      // As an option of connect it would be ignored: only the constructor and this heed it.
      socket.setNoDelay(true);
      socket.connect({
        host: numericHost(address.host),
        port: address.port,
        ...this.#source(address.host),
      });
    } catch (error) {
      socket.destroy(error as Error);
    }
    return connection;
  }

  #source(remoteHost: string): { readonly localAddress?: string; readonly family?: number } {
    const { localAddress } = this.#options;
    if (localAddress === undefined) return {};
    if (isLoopback(localAddress) && !isLoopback(remoteHost)) return {};
    const [family, remoteFamily] = [isIP(localAddress), isIP(numericHost(remoteHost))];
    return remoteFamily === 0 || remoteFamily === family ? { localAddress, family } : {};
  }

  #accept(
    options: ListenOptions,
    accepted: AcceptedSocket,
    dialect: Dialect,
    first: Uint8Array,
    ended: boolean,
  ): void {
    const { socket, remote } = accepted;
    // It was reset before anybody looked at it: nobody is there any more.
    if (remote === undefined) {
      socket.destroy();
      return;
    }
    const connection = new TcpConnection(this.#components, socket, {
      ...this.#connectionOptions(remote, dialect),
      end: 'accepter',
    });
    options.onConnection(connection);
    accepted.onBytes = (bytes) => connection.receive(bytes);
    connection.receive(first);
    if (ended) connection.receiveEnd();
  }

  #connectionOptions(remote: Address, dialect: Dialect): Omit<TcpConnectionOptions, 'end'> {
    return {
      remote,
      dialect,
      totalChunks: this.#options.totalChunks,
      ...pickDefined(this.#options, ['lingerMs']),
    };
  }
}

/** The spec protocol writes `localhost`, and its programs listen on IPv4: no lookup, and never `::1`. */
function numericHost(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}

function pickDefined<T, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(
    keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])),
  ) as Pick<T, K>;
}

/** For people and programs: the protocols have no word for it, and clients of the spec take any text for a refusal. */
const NO_MEMBER = 'NOT_A_MEMBER of this run: only its own hosts may connect\n';

function refuseStranger(socket: Socket): void {
  // Who has gone meanwhile need not be told.
  socket.on('error', () => undefined);
  socket.end(NO_MEMBER, () => socket.destroy());
}
