import type { Transport } from '../../src/core/interfaces.ts';
import type { PlannedLink } from '../../src/sim/plan/plan.ts';
import { isUnshaped } from '../../src/sim/network/link-sizes.ts';
import type { LinkComponents } from '../../src/sim/network/link-control.ts';
import { shapedLink } from '../../src/sim/network/shaped-link.ts';
import type { ShapingCounters } from '../../src/sim/network/shaping-counters.ts';

/** Of `random`: draws the jitter. */
export type ShapedTransportComponents = Pick<
  LinkComponents,
  'clock' | 'random' | 'timerGrainMs' | 'sliceMs' | 'ticks'
>;

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
