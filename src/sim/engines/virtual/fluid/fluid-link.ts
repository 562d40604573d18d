import { TransportError } from '../../../../core/errors.ts';
import type {
  Address,
  Connection,
  ListenOptions,
  Listener,
  Random,
  Timer,
  Transport,
} from '../../../../core/interfaces.ts';
import type { Dialect } from '../../../../core/protocol/messages.ts';
import { SECOND_MS } from '../../../../core/units.ts';
import type { BlockEffect, Direction, LinkControl, LinkTotals } from '../../../network/link-control.ts';
import { chooseResets } from '../../../network/link-state.ts';
import type { NodeMeter } from '../../../network/meter.ts';
import type { AccessLink } from './access-link.ts';
import { FluidConnection } from './fluid-connection.ts';
import { FluidListener, Ports } from './ports.ts';

/** As of the TCP transport: an attempt that has had no answer for so long counts as refused. */
const CONNECT_TIMEOUT_MS = 10 * SECOND_MS;

export interface FluidLinkOptions {
  readonly host: string;
  readonly random: Random;
  /** They are over at one end, but what would tell the other cannot get through. The network's, of all links. */
  readonly unheard: Set<FluidConnection>;
  /** undefined: nobody counts what passes. */
  readonly meter: NodeMeter | undefined;
  /** So many bytes between two hosts will never be received. */
  onLost(from: string, to: string, bytes: number): void;
  /** Joins an attempt with who listens there. Returns false when nobody does. */
  join(opener: FluidConnection, from: { readonly link: FluidLink; readonly port: number }): boolean;
}

/** An attempt to connect that gets no answer. */
interface Hanging {
  readonly retry: () => void;
  readonly timer: Timer;
}

/** A host on the fluid network: its transport, and the control of its access link. */
export class FluidLink implements Transport, LinkControl {
  readonly access: AccessLink;
  readonly host: string;
  readonly ports = new Ports();
  readonly #options: FluidLinkOptions;
  readonly #random: Random;
  readonly #connections = new Set<FluidConnection>();
  readonly #hanging = new Map<FluidConnection, Hanging>();
  #dead = false;

  constructor(access: AccessLink, options: FluidLinkOptions) {
    this.access = access;
    this.host = options.host;
    this.#options = options;
    this.#random = options.random.fork('resets');
  }

  /** Those that are not over. */
  get connections(): Iterable<FluidConnection> {
    return this.#connections;
  }

  listen(options: ListenOptions): Listener {
    const port = options.port === 0 ? this.ports.free() : options.port;
    const trouble = this.ports.trouble(port);
    const listener = new FluidListener(options, () => this.ports.listeners.delete(port));
    if (trouble === undefined) this.ports.listeners.set(port, listener);
    else listener.broken = true;
    this.access.state.clock.setTimer(0, () => {
      if (listener.closed || this.#dead) return;
      if (trouble === undefined) options.onListening({ host: this.host, port });
      else options.onError(new TransportError(`port ${port} on ${this.host} ${trouble}`));
    });
    return listener;
  }

  connect(address: Address, dialect: Dialect): Connection {
    const connection = this.#add({ remote: address, dialect });
    connection.measureBy(this.#options.meter?.opened(address));
    if (this.#dead) {
      connection.kill();
      return connection;
    }
    const { state } = this.access;
    const deadlineMs = state.clock.now() + CONNECT_TIMEOUT_MS;
    const attempt = (): void => {
      state.clock.setTimer(state.drawRoundTripMs(address.host), () => {
        if (connection.over) return;
        if (!this.#isReachable(address.host)) this.#hang(connection, deadlineMs, attempt);
        else if (!this.#options.join(connection, { link: this, port: this.ports.free() })) {
          connection.break({ kind: 'refused', detail: 'ECONNREFUSED' });
        }
      });
    };
    attempt();
    return connection;
  }

  /** The end at this host of a connection that somebody opens to it. */
  accept(remote: Address, dialect: Dialect, listener: FluidListener): FluidConnection {
    const { meter } = this.#options;
    const text = listener.options.role === 'tracker' ? 'spec-tracker' : 'spec-chunk';
    return this.#add({
      remote,
      dialect: dialect === 'swarm' ? 'swarm' : text,
      handOver(connection) {
        if (listener.closed) return false;
        connection.measureBy(meter?.accepted(remote));
        listener.options.onConnection(connection);
        return true;
      },
    });
  }

  setStartMs(startMs: number): void {
    this.access.state.setStartMs(startMs);
    this.access.ratesChanged();
  }

  setRateFactor(factor: number): void {
    this.access.state.setRateFactor(factor);
    this.access.ratesChanged();
  }

  setExtraLatencyMs(extraMs: number): void {
    this.access.state.setExtraLatencyMs(extraMs);
  }

  block(isBlocked: ((host: string, direction: Direction) => boolean) | null): BlockEffect {
    const { state } = this.access;
    const before = state.totals.messagesHeld;
    state.isBlocked = isBlocked ?? undefined;
    this.#settle();
    return { messagesHeld: () => state.totals.messagesHeld - before };
  }

  setBlackHole(on: boolean): void {
    this.access.state.blackHole = on;
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
    return { ...this.access.state.totals };
  }

  close(): void {
    for (const { timer } of this.#hanging.values()) timer.cancel();
    this.#hanging.clear();
    for (const connection of [...this.#connections]) connection.abort();
    this.#settle();
  }

  /** The host dies: its own handlers hear nothing any more. Returns how many connections were cut. */
  kill(): number {
    this.#dead = true;
    this.access.isCut = true;
    const cut = this.#connections.size;
    for (const connection of [...this.#connections]) connection.kill();
    this.ports.listeners.clear();
    return cut;
  }

  #add(options: {
    readonly remote: Address;
    readonly dialect: Dialect;
    readonly handOver?: (connection: FluidConnection) => boolean;
  }): FluidConnection {
    const early = this.access.early(options.remote.host);
    const connection = new FluidConnection(
      { clock: this.access.state.clock },
      {
        ...options,
        early,
        onGone: (gone) => this.#gone(gone),
        tellReset: (broken) => this.#tellReset(broken),
        onLost: (direction, bytes) => this.#lost(options.remote.host, direction, bytes),
      },
    );
    this.#connections.add(connection);
    return connection;
  }

  #lost(remote: string, direction: Direction, bytes: number): void {
    if (bytes === 0) return;
    if (direction === 'out') this.#options.onLost(this.host, remote, bytes);
    else this.#options.onLost(remote, this.host, bytes);
  }

  #gone(connection: FluidConnection): void {
    this.#connections.delete(connection);
    this.#hanging.get(connection)?.timer.cancel();
    this.#hanging.delete(connection);
  }

  #tellReset(connection: FluidConnection): void {
    if (connection.other === undefined || connection.other.over) return;
    if (connection.out?.isShut === true) this.#options.unheard.add(connection);
    else this.#sendReset(connection);
  }

  /** It takes its time on the wire, but overtakes what waits for a rate or a paused receiver. */
  #sendReset({ other, out }: FluidConnection): void {
    this.access.state.clock.setTimer(out?.resetDelayMs ?? 0, () => other?.onReset());
  }

  #isReachable(host: string): boolean {
    const { state } = this.access;
    return !state.isShut(host, 'out') && !state.isShut(host, 'in');
  }

  #hang(connection: FluidConnection, deadlineMs: number, retry: () => void): void {
    const { state } = this.access;
    state.totals.connectsHeld++;
    const leftMs = Math.max(0, deadlineMs - state.clock.now());
    const refuse = (): void => connection.break({ kind: 'refused', detail: 'no answer in time' });
    this.#hanging.set(connection, { retry, timer: state.clock.setTimer(leftMs, refuse) });
  }

  #cut(connection: FluidConnection, detail: string): void {
    this.access.state.totals.connectionsReset++;
    connection.break({ kind: 'reset', detail });
  }

  /** What is blocked has changed. */
  #settle(): void {
    for (const connection of this.#connections) {
      connection.out?.updateBlock();
      connection.other?.out?.updateBlock();
    }
    for (const connection of [...this.#options.unheard]) {
      if (connection.out?.isShut === true) continue;
      this.#options.unheard.delete(connection);
      this.#sendReset(connection);
    }
    for (const [connection, { retry, timer }] of [...this.#hanging]) {
      if (!this.#isReachable(connection.remote.host)) continue;
      this.#hanging.delete(connection);
      timer.cancel();
      retry();
    }
  }
}
