import type { Connection, Transport } from '../../src/core/interfaces.ts';
import { seededRandom } from '../../src/core/random.ts';
import type { LinkComponents, LinkControl } from '../../src/sim/network/link-control.ts';
import { shapedLink } from '../../src/sim/network/shaped-link.ts';
import { emptyShaping, type ShapingCounters } from '../../src/sim/network/shaping-counters.ts';
import { unlimitedLink, type PlannedLink, type PlannedRegions } from '../../src/sim/plan/plan.ts';
import { ShapedWorld } from './shaped-pair.ts';

export interface ControlledHost {
  readonly transport: Transport;
  readonly counters: ShapingCounters;
  readonly control: LinkControl;
}

/** A virtual network of hosts whose links can be controlled and know each other. */
export class ControlWorld extends ShapedWorld {
  readonly #links = new Map<string, PlannedLink>();
  readonly #regions: PlannedRegions | null;

  constructor(regions: PlannedRegions | null = null) {
    super();
    this.#regions = regions;
  }

  override host(
    name: string,
    link: Partial<PlannedLink>,
    { dials }: Pick<LinkComponents, 'dials'> = {},
  ): ControlledHost {
    const counters = emptyShaping();
    const planned = { ...unlimitedLink, ...link };
    this.#links.set(name, planned);
    const { transport, control } = shapedLink(
      this.network.transport(name),
      {
        clock: this.hostClock,
        random: seededRandom(name),
        linkOf: (host) => this.#links.get(host),
        regions: this.#regions,
        dials,
      },
      planned,
      counters,
    );
    return { transport, counters, control };
  }

  /** A connection that hears nothing; what becomes of it is in `closes`. */
  open(transport: Transport, host: string): Connection {
    const connection = transport.connect({ host, port: 1 }, 'swarm');
    connection.setHandlers({
      onMessage: () => {},
      onClose: ({ kind }) => this.closes.push({ atMs: this.clock.now(), host, kind }),
    });
    return connection;
  }

  readonly closes: { readonly atMs: number; readonly host: string; readonly kind: string }[] = [];
}

/** Hosts `from` and `to` by these links, of which `to` listens. */
export function controlledPair(from: Partial<PlannedLink> = {}, to: Partial<PlannedLink> = {}) {
  const world = new ControlWorld();
  const receiver = world.host('to', to);
  const sender = world.host('from', from);
  world.receive(receiver.transport);
  return { world, receiver, sender };
}
