import { TransportError } from '../../../core/errors.ts';
import type {
  Address,
  Clock,
  Connection,
  ListenOptions,
  Listener,
  Transport,
} from '../../../core/interfaces.ts';
import type { Dialect } from '../../../core/protocol/messages.ts';
import { MemoryConnection } from './memory-connection.ts';

/** First port given to those who do not ask for one. */
const FREE_PORT_MIN = 49_152;
const PORT_MAX = 65_535;

/**
 * A network without sockets: hosts whose connections pass messages as objects, in events of the clock, with TCP's
 * flow control counted in the bytes that the messages would have. It takes no time itself; shaping is put around it.
 */
export class MemoryNetwork {
  readonly #clock: Clock;
  readonly #hosts = new Map<string, MemoryHost>();

  constructor(components: { readonly clock: Clock }) {
    this.#clock = components.clock;
  }

  /** The transport of a host; after a crash, of the host that has come up again. */
  transport(host: string): Transport {
    const name = canonical(host);
    let found = this.#hosts.get(name);
    if (found === undefined) {
      found = new MemoryHost(this.#clock, name, (address) => this.#listenerAt(address));
      this.#hosts.set(name, found);
    }
    return found;
  }

  /**
   * The host dies: its own handlers hear nothing any more, connections that it had are reset, new ones are refused.
   * Its old transport stays dead; timers are not the network's. Returns how many connections were cut.
   */
  crash(host: string): number {
    const name = canonical(host);
    const found = this.#hosts.get(name);
    this.#hosts.delete(name);
    return found?.kill() ?? 0;
  }

  #listenerAt({ host, port }: Address): MemoryListener | undefined {
    return this.#hosts.get(canonical(host))?.listeners.get(port);
  }
}

class MemoryHost implements Transport {
  readonly listeners = new Map<number, MemoryListener>();
  readonly #clock: Clock;
  readonly #name: string;
  readonly #listenerAt: (address: Address) => MemoryListener | undefined;
  readonly #connections = new Set<MemoryConnection>();
  #nextPort = FREE_PORT_MIN;
  #dead = false;

  constructor(clock: Clock, name: string, listenerAt: (address: Address) => MemoryListener | undefined) {
    this.#clock = clock;
    this.#name = name;
    this.#listenerAt = listenerAt;
  }

  listen(options: ListenOptions): Listener {
    const port = options.port === 0 ? this.#freePort() : options.port;
    const listener = new MemoryListener(this, options, () => this.listeners.delete(port));
    const trouble = this.#trouble(port);
    if (trouble === undefined) this.listeners.set(port, listener);
    else listener.broken = true;
    this.#clock.setTimer(0, () => {
      if (listener.closed || this.#dead) return;
      if (trouble === undefined) options.onListening({ host: this.#name, port });
      else options.onError(new TransportError(`port ${port} on ${this.#name} ${trouble}`));
    });
    return listener;
  }

  connect(address: Address, dialect: Dialect): Connection {
    const opener = this.#add({ remote: address, dialect });
    const from = { host: this.#name, port: this.#freePort() };
    if (this.#dead) opener.kill();
    this.#clock.setTimer(0, () => {
      if (opener.over) return;
      const listener = this.#listenerAt(address);
      if (listener) listener.host.#accept(opener, from, listener);
      else opener.break({ kind: 'refused', detail: 'ECONNREFUSED' });
    });
    return opener;
  }

  kill(): number {
    this.#dead = true;
    const cut = this.#connections.size;
    for (const connection of [...this.#connections]) connection.kill();
    this.listeners.clear();
    return cut;
  }

  #accept(opener: MemoryConnection, remote: Address, listener: MemoryListener): void {
    const text = listener.options.role === 'tracker' ? 'spec-tracker' : 'spec-chunk';
    const accepted = this.#add({
      remote,
      dialect: opener.dialect === 'swarm' ? 'swarm' : text,
      handOver(connection) {
        if (listener.closed) return false;
        listener.options.onConnection(connection);
        return true;
      },
    });
    opener.join(accepted);
  }

  #add(options: {
    readonly remote: Address;
    readonly dialect: Dialect;
    readonly handOver?: (connection: MemoryConnection) => boolean;
  }): MemoryConnection {
    const connection: MemoryConnection = new MemoryConnection(
      { clock: this.#clock },
      { ...options, onGone: () => this.#connections.delete(connection) },
    );
    this.#connections.add(connection);
    return connection;
  }

  #trouble(port: number): string | undefined {
    if (!(port >= 1 && port <= PORT_MAX)) {
      return 'does not exist: choose a port from 1 to 65535, or 0 for any free one';
    }
    return this.listeners.has(port)
      ? 'is in use: stop the program that listens there, or choose another port'
      : undefined;
  }

  #freePort(): number {
    do {
      this.#nextPort = this.#nextPort === PORT_MAX ? FREE_PORT_MIN : this.#nextPort + 1;
    } while (this.listeners.has(this.#nextPort));
    return this.#nextPort;
  }
}

class MemoryListener implements Listener {
  readonly host: MemoryHost;
  readonly options: ListenOptions;
  closed = false;
  /** It never got its port. */
  broken = false;
  readonly #release: () => void;

  constructor(host: MemoryHost, options: ListenOptions, release: () => void) {
    this.host = host;
    this.options = options;
    this.#release = release;
  }

  close(): void {
    if (!this.closed && !this.broken) this.#release();
    this.closed = true;
  }
}

/** As on TCP, where the classic protocol's `localhost` means IPv4. */
function canonical(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}
