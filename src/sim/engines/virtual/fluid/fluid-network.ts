import type { Clock } from '../../../../core/interfaces.ts';
import type { LinkComponents } from '../../../network/link-control.ts';
import { LinkState } from '../../../network/link-state.ts';
import type { NodeMeter } from '../../../network/meter.ts';
import { emptyShaping, type ShapingCounters } from '../../../network/shaping-counters.ts';
import { unlimitedLink, type PlannedLink } from '../../../plan/plan.ts';
import { AccessLink } from './access-link.ts';
import { Arrivals } from './arrivals.ts';
import type { FluidConnection } from './fluid-connection.ts';
import { FluidLink } from './fluid-link.ts';
import { FluidPacer } from './fluid-pacer.ts';
import type { RegionLinks } from './region-links.ts';
import { Route } from './route.ts';

export interface FluidNetworkComponents {
  readonly clock: Clock;
  /** What hosts of one region share on the way to those of another. Default: nothing. */
  readonly between?: RegionLinks;
  /** So many bytes that one host has sent to another will never be received. Default: nobody is told. */
  readonly onLost?: (from: string, to: string, bytes: number) => void;
}

/**
 * A network in memory whose hosts have access links, for an exact clock: what `MemoryNetwork` and `shapedLink` do
 * together, with an event for each message that arrives and one for each transfer that ends.
 */
export class FluidNetwork {
  readonly #clock: Clock;
  readonly #pacer: FluidPacer;
  readonly #arrivals: Arrivals;
  readonly #hosts = new Map<string, FluidLink>();
  /** Of each host the last link that it had, dead or not. */
  readonly #latest = new Map<string, FluidLink>();
  readonly #unheard = new Set<FluidConnection>();
  readonly #between: RegionLinks | undefined;
  readonly #onLost: (from: string, to: string, bytes: number) => void;

  constructor({ onLost = () => undefined, ...components }: FluidNetworkComponents) {
    this.#clock = components.clock;
    this.#between = components.between;
    this.#onLost = onLost;
    this.#pacer = new FluidPacer(components);
    this.#arrivals = new Arrivals(components);
  }

  /** Messages that have come to the end of their way so far, ends of connections included. */
  get messages(): number {
    return this.#arrivals.arrived;
  }

  /**
   * A host that joins by this link. One of that name that is there dies. Default: a link without limits. `meter`:
   * counts as `meteredTransport` around the link would; a message is the cheaper for it.
   *
   * @throws {ConfigError} see `shapedLink`
   */
  host(
    name: string,
    { meter, ...components }: Omit<LinkComponents, 'clock'> & { readonly meter?: NodeMeter },
    link: PlannedLink = unlimitedLink,
    counters: ShapingCounters = emptyShaping(),
  ): FluidLink {
    const host = canonical(name);
    const former = this.#latest.get(host);
    this.crash(host);
    const state = new LinkState({ ...components, clock: this.#clock }, link, counters);
    const joined: FluidLink = new FluidLink(new AccessLink(state, this.#pacer), {
      host,
      random: components.random,
      unheard: this.#unheard,
      onLost: this.#onLost,
      meter,
      join: (opener, from) => this.#join(opener, from),
    });
    if (former !== undefined) former.access.successor = joined.access;
    this.#hosts.set(host, joined);
    this.#latest.set(host, joined);
    return joined;
  }

  /** The link of a host that is there. */
  linkOf(host: string): FluidLink | undefined {
    return this.#hosts.get(canonical(host));
  }

  /**
   * The host dies: its own handlers hear nothing any more, connections that it had are reset, new ones are refused.
   * Timers are not the network's. Returns how many connections were cut.
   */
  crash(host: string): number {
    const found = this.#hosts.get(canonical(host));
    this.#hosts.delete(canonical(host));
    return found?.kill() ?? 0;
  }

  #join(opener: FluidConnection, from: { readonly link: FluidLink; readonly port: number }): boolean {
    const { host, port } = opener.remote;
    const to = this.#hosts.get(canonical(host));
    const listener = to?.ports.listeners.get(port);
    if (to === undefined || listener === undefined) return false;
    const remote = { host: from.link.host, port: from.port };
    const accepted = to.accept(remote, opener.dialect, listener);
    const firstExtraMs = to.access.state.drawRoundTripMs(remote.host);
    const there = this.#route([from.link, opener], [to, accepted], firstExtraMs);
    const back = this.#route([to, accepted], [from.link, opener], 0);
    accepted.open(opener, back);
    opener.open(accepted, there);
    return true;
  }

  #route(
    [from, sender]: readonly [FluidLink, FluidConnection],
    [to, receiver]: readonly [FluidLink, FluidConnection],
    firstExtraMs: number,
  ): Route {
    return new Route({
      between: this.#between?.between(from.host, to.host),
      from: from.access,
      to: to.access,
      fromHost: from.host,
      toHost: to.host,
      sender,
      receiver,
      firstExtraMs,
      arrivals: this.#arrivals,
      onLost: this.#onLost,
    });
  }
}

/** As on TCP, where the classic protocol's `localhost` means IPv4. */
function canonical(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}
