import { seededRandom } from '../../src/core/random.ts';
import { FluidNetwork } from '../../src/sim/engines/virtual/fluid/fluid-network.ts';
import { emptyShaping } from '../../src/sim/network/shaping-counters.ts';
import { unlimitedLink, type PlannedLink, type PlannedRegions } from '../../src/sim/plan/plan.ts';
import { ControlWorld, type ControlledHost } from './control-world.ts';

/** A fluid network of hosts whose links can be controlled and know each other. */
export class FluidWorld extends ControlWorld {
  readonly #fluid = new FluidNetwork({ clock: this.clock });
  readonly #links = new Map<string, PlannedLink>();
  readonly #regions: PlannedRegions | null;

  constructor(regions: PlannedRegions | null = null) {
    super(regions);
    this.#regions = regions;
  }

  override host(name: string, link: Partial<PlannedLink>): ControlledHost {
    const counters = emptyShaping();
    const planned = { ...unlimitedLink, ...link };
    this.#links.set(name, planned);
    const host = this.#fluid.host(
      name,
      { random: seededRandom(name), linkOf: (at) => this.#links.get(at), regions: this.#regions },
      planned,
      counters,
    );
    return { transport: host, counters, control: host };
  }
}
