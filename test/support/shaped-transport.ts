import type { Clock, Random, Transport } from '../../src/core/interfaces.ts';
import type { PlannedLink } from '../../src/sim/plan/plan.ts';
import { isUnshaped } from '../../src/sim/network/link-sizes.ts';
import { shapedLink } from '../../src/sim/network/shaped-link.ts';
import type { ShapingCounters } from '../../src/sim/network/shaping-counters.ts';

export interface ShapedTransportComponents {
  readonly clock: Clock;
  /** Draws the jitter. */
  readonly random: Random;
}

/**
 * A `shapedLink` that nobody controls and that knows nobody else's link. Counts what it does in `counters`. A link
 * without limits and latency is the inner transport itself.
 *
 * @throws {ConfigError} see `shapedLink`
 */
export function shapedTransport(
  inner: Transport,
  components: ShapedTransportComponents,
  link: PlannedLink,
  counters: ShapingCounters,
): Transport {
  return isUnshaped(link) ? inner : shapedLink(inner, components, link, counters).transport;
}
