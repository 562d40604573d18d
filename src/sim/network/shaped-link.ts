/**
 * A peer's access link, put around any transport. Rates hold per peer, in each direction, and are shared fairly by
 * its connections; latency is the peer's own way to the middle of the network and is added to what it sends and to
 * what it receives, so that two peers are apart by the sum of theirs.
 *
 * What connecting costs, with one-way delays `a` of the opener and `b` of the accepter: the opener connects, or
 * learns that it is refused, after 2a; what it sent meanwhile is then sent, and the accepter gets the first of it
 * 2b later than it otherwise would. So a first message arrives after 3a + 3b, a round trip more than a later one.
 */
import type {
  Address,
  Connection,
  ListenOptions,
  Listener,
  Random,
  Timer,
  Transport,
} from '../../core/interfaces.ts';
import type { Dialect } from '../../core/protocol/messages.ts';
import { SECOND_MS } from '../../core/units.ts';
import type { PlannedLink } from '../plan/plan.ts';
import type {
  BlockEffect,
  Dials,
  Direction,
  LinkComponents,
  LinkControl,
  LinkTotals,
  ShapedLink,
} from './link-control.ts';
import { chooseResets, LinkState } from './link-state.ts';
import { ShapedConnection } from './shaped-connection.ts';
import type { ShapingCounters } from './shaping-counters.ts';

/** As of the TCP transport: an attempt that has had no answer for so long counts as refused. */
const CONNECT_TIMEOUT_MS = 10 * SECOND_MS;

/**
 * A peer's access link around a transport, always in place, with its control. Counts what it does in `counters`.
 *
 * @throws {ConfigError} the link says what cannot be done: a region that is not in the table, a change of a rate
 * that is not limited, a rate of 0
 */
export function shapedLink(
  inner: Transport,
  components: LinkComponents,
  link: PlannedLink,
  counters: ShapingCounters,
): ShapedLink {
  const shaped = new ControlledLink(inner, components, new LinkState(components, link, counters));
  return { transport: shaped, control: shaped };
}

const atOnce: Dials = { enter: (_who, dial) => dial() };

/** An attempt to connect that gets no answer. */
interface Hanging {
  readonly retry: () => void;
  readonly timer: Timer;
}

class ControlledLink implements Transport, LinkControl {
  readonly #inner: Transport;
  readonly #state: LinkState;
  readonly #random: Random;
  readonly #dials: Dials;
  readonly #connections = new Set<ShapedConnection>();
  readonly #hanging = new Map<ShapedConnection, Hanging>();
  /** They are over here, but what would tell the other end cannot get through. */
  readonly #unheard = new Set<ShapedConnection>();
  /** Of connections that are over. */
  #heldBefore = 0;

  constructor(inner: Transport, components: LinkComponents, state: LinkState) {
    this.#inner = inner;
    this.#state = state;
    this.#random = components.random.fork('resets');
    this.#dials = components.dials ?? atOnce;
  }

  listen(options: ListenOptions): Listener {
    let closed = false;
    const listener = this.#inner.listen({
      ...options,
      onConnection: (inner) => {
        const handOver = (connection: Connection) => {
          if (!closed) options.onConnection(connection);
          return !closed;
        };
        const connection = this.#add(inner.remote, inner.dialect, handOver);
        connection.open(inner, this.#state.drawRoundTripMs(inner.remote.host));
      },
    });
    return {
      close() {
        closed = true;
        listener.close();
      },
    };
  }

  connect(address: Address, dialect: Dialect): Connection {
    const connection = this.#add(address, dialect);
    const deadlineMs = this.#state.clock.now() + CONNECT_TIMEOUT_MS;
    const attempt = () => {
      const roundTripMs = this.#state.drawRoundTripMs(address.host);
      if (roundTripMs > 0) this.#state.clock.setTimer(roundTripMs, dial);
      else dial();
    };
    const dial = () => {
      const dueMs = this.#state.clock.now();
      this.#dials.enter(this, () => open(dueMs));
    };
    const open = (dueMs: number) => {
      if (connection.over) return;
      this.#state.onLateDial(this.#state.clock.now() - dueMs);
      if (this.#isReachable(address.host)) connection.open(this.#inner.connect(address, dialect));
      else this.#hang(connection, deadlineMs, attempt);
    };
    attempt();
    return connection;
  }

  setStartMs(startMs: number): void {
    this.#state.setStartMs(startMs);
  }

  setRateFactor(factor: number): void {
    this.#state.setRateFactor(factor);
  }

  setExtraLatencyMs(extraMs: number): void {
    this.#state.setExtraLatencyMs(extraMs);
  }

  block(isBlocked: ((host: string, direction: Direction) => boolean) | null): BlockEffect {
    const before = this.#messagesHeld();
    this.#state.isBlocked = isBlocked ?? undefined;
    this.#settle();
    return { messagesHeld: () => this.#messagesHeld() - before };
  }

  setBlackHole(on: boolean): void {
    this.#state.blackHole = on;
    if (!on) {
      for (const connection of [...this.#connections]) {
        if (connection.hasHole) this.#cut(connection, 'a black hole took part of the stream');
      }
    }
    this.#settle();
  }

  resetConnections(probability: number): number {
    const chosen = chooseResets(this.#connections, probability, this.#random);
    for (const connection of chosen) this.#cut(connection, 'reset by a fault');
    return chosen.length;
  }

  totals(): LinkTotals {
    return { ...this.#state.totals, messagesHeld: this.#messagesHeld() };
  }

  close(): void {
    for (const { timer } of this.#hanging.values()) timer.cancel();
    this.#hanging.clear();
    for (const connection of [...this.#connections]) connection.abort();
    for (const connection of this.#unheard) connection.abortInner();
    this.#unheard.clear();
  }

  #add(remote: Address, dialect: Dialect, handOver?: (connection: Connection) => boolean): ShapedConnection {
    const connection = new ShapedConnection(this.#state, {
      remote,
      dialect,
      ...(handOver && { handOver }),
      onOver: (over) => this.#onOver(over),
    });
    this.#connections.add(connection);
    return connection;
  }

  #onOver(connection: ShapedConnection): void {
    this.#connections.delete(connection);
    this.#hanging.get(connection)?.timer.cancel();
    this.#hanging.delete(connection);
    this.#heldBefore += connection.heldMessages;
    if (this.#state.isShut(connection.remote.host, 'out')) this.#unheard.add(connection);
    else connection.abortInner();
  }

  #isReachable(host: string): boolean {
    return !this.#state.isShut(host, 'out') && !this.#state.isShut(host, 'in');
  }

  #hang(connection: ShapedConnection, deadlineMs: number, retry: () => void): void {
    this.#state.totals.connectsHeld++;
    const leftMs = Math.max(0, deadlineMs - this.#state.clock.now());
    const timer = this.#state.clock.setTimer(leftMs, () => connection.refuse('no answer in time'));
    this.#hanging.set(connection, { retry, timer });
  }

  #cut(connection: ShapedConnection, detail: string): void {
    this.#state.totals.connectionsReset++;
    connection.cut(detail);
  }

  /** What is blocked has changed. */
  #settle(): void {
    for (const connection of this.#connections) connection.updateBlocks();
    for (const connection of [...this.#unheard]) {
      if (this.#state.isShut(connection.remote.host, 'out')) continue;
      this.#unheard.delete(connection);
      connection.abortInner();
    }
    for (const [connection, { retry, timer }] of [...this.#hanging]) {
      if (!this.#isReachable(connection.remote.host)) continue;
      this.#hanging.delete(connection);
      timer.cancel();
      retry();
    }
  }

  #messagesHeld(): number {
    let held = this.#heldBefore;
    for (const connection of this.#connections) held += connection.heldMessages;
    return held;
  }
}
