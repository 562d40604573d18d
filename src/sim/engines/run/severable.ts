/**
 * The end of a peer without its thread's: where several peers share a worker, a crash must not kill the others.
 * Once severed, a peer hears nothing, its timers are dead and its sockets are reset; it does not notice.
 */
import type { SwarmEvent } from '../../../core/events.ts';
import type {
  Clock,
  Connection,
  EventSink,
  Listener,
  Random,
  Timer,
  Transport,
} from '../../../core/interfaces.ts';
import { WatchedConnection } from '../../../core/wrapped-transport.ts';

export interface SeverableComponents {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly events: EventSink;
}

const DEAF = { onMessage: () => undefined, onClose: () => undefined };

export class Severable {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly events: EventSink;
  readonly #listeners = new Set<Listener>();
  readonly #connections = new Set<Connection>();
  readonly #timers = new Set<Timer>();
  #severed = false;

  constructor({ clock, transport, events }: SeverableComponents) {
    this.clock = {
      now: () => clock.now(),
      setTimer: (delayMs, callback) => this.#setTimer(clock, delayMs, callback),
    };
    this.transport = {
      listen: (options) => {
        const listener = transport.listen({
          ...options,
          onConnection: (connection) => options.onConnection(this.#track(connection)),
        });
        this.#listeners.add(listener);
        return listener;
      },
      connect: (address, dialect) => this.#track(transport.connect(address, dialect)),
    };
    this.events = {
      emit: (event: SwarmEvent) => {
        if (!this.#severed) events.emit(event);
      },
    };
  }

  /** Resets each open connection with this probability; both ends see it. Returns how many. */
  reset(probability: number, random: Random): number {
    const cut = [...this.#connections].filter(() => random.next() < probability);
    for (const connection of cut) connection.abort();
    return cut.length;
  }

  /** Returns how many connections were cut. */
  sever(): number {
    this.#severed = true;
    for (const timer of this.#timers) timer.cancel();
    for (const listener of this.#listeners) listener.close();
    for (const connection of this.#connections) {
      connection.setHandlers(DEAF);
      connection.abort();
    }
    return this.#connections.size;
  }

  #setTimer(clock: Clock, delayMs: number, callback: () => void): Timer {
    const inner = clock.setTimer(delayMs, () => {
      this.#timers.delete(timer);
      callback();
    });
    const timer = {
      cancel: () => {
        this.#timers.delete(timer);
        inner.cancel();
      },
    };
    this.#timers.add(timer);
    return timer;
  }

  #track(connection: Connection): Connection {
    this.#connections.add(connection);
    return new WatchedConnection(connection, () => this.#connections.delete(connection));
  }
}
