import { ignoring } from '../wrapped-transport.ts';
import type { Address, Connection, Listener } from '../interfaces.ts';
import { SwarmError } from '../errors.ts';
import { CLOSE_GRACE_MS, CONNECTIONS_MAX } from './limits.ts';
import type { TrackerComponents, TrackerOptions } from './options.ts';
import { Registry } from './registry.ts';
import { SpecService } from './spec-service.ts';
import { SwarmService } from './swarm-service.ts';

/** Tells the peers of one swarm of each other, in both protocols on one port (docs/protocol.md). */
export class Tracker {
  readonly #components: TrackerComponents;
  readonly #options: TrackerOptions;
  /** The holders of each chunk, for the tracker that replaces one that was cut off. */
  readonly memory: Registry;
  readonly #spec: SpecService;
  readonly #swarm: SwarmService;
  readonly #connections = new Set<Connection>();
  #listener: Listener | undefined;
  #address: Address | undefined;
  #closed = false;
  #onClosed: (() => void) | undefined;

  constructor(components: TrackerComponents, options: TrackerOptions) {
    this.#components = components;
    this.#options = options;
    const registry = components.registry ?? new Registry(components, options);
    this.memory = registry;
    registry.hangUpAll();
    const { clock, events } = components;
    registry.onContentChange((change) =>
      events.emit({ type: 'content-changed', atMs: clock.now(), peer: 'tracker', ...change }),
    );
    const onClosed = (connection: Connection): void => this.#onConnectionClosed(connection);
    this.#swarm = new SwarmService({ clock, events, registry }, options, {
      listeningPort: () => this.#address?.port ?? 0,
      onClosed,
    });
    this.#spec = new SpecService({ clock, events, registry }, options, {
      onAnnounced: () => this.#swarm.pushSoon(),
      onClosed,
    });
  }

  /** Where it listens; undefined before `tracker-started` and after `close`. */
  get address(): Address | undefined {
    return this.#address;
  }

  /** Listens. `tracker-started` or `node-failed` follows. To be called once. */
  start(): void {
    const { clock, events, transport } = this.#components;
    this.#swarm.watchInherited();
    this.#listener = transport.listen({
      port: this.#options.port,
      role: 'tracker',
      onConnection: (connection) => this.#accept(connection),
      onListening: (address) => {
        if (this.#closed) return;
        this.#address = address;
        events.emit({ type: 'tracker-started', atMs: clock.now(), peer: 'tracker', address });
      },
      onError: (error) => {
        const code = error instanceof SwarmError ? error.code : 'UNKNOWN';
        events.emit({ type: 'node-failed', atMs: clock.now(), peer: 'tracker', code, detail: error.message });
      },
    });
  }

  /**
   * Stops listening and ends all connections; those that do not end within a second are aborted. Calls back once the
   * last one has closed, at once when there is none.
   */
  close(onClosed?: () => void): void {
    this.#closed = true;
    this.#onClosed = onClosed;
    this.#address = undefined;
    this.#listener?.close();
    this.#swarm.close();
    if (this.#connections.size === 0) return onClosed?.();
    const grace = this.#components.clock.setTimer(CLOSE_GRACE_MS, () => {
      for (const connection of [...this.#connections]) connection.abort();
    });
    this.#onClosed = () => {
      grace.cancel();
      onClosed?.();
    };
    for (const connection of [...this.#connections]) connection.end();
  }

  #accept(connection: Connection): void {
    if (this.#closed || this.#connections.size >= CONNECTIONS_MAX) {
      connection.setHandlers(ignoring);
      connection.abort();
      return;
    }
    this.#connections.add(connection);
    if (connection.dialect === 'swarm') this.#swarm.accept(connection);
    else this.#spec.accept(connection);
  }

  #onConnectionClosed(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#closed && this.#connections.size === 0) this.#onClosed?.();
  }
}
