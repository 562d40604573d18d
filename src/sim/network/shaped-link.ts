import { EngineError } from '../../core/errors.ts';
import type { Transport } from '../../core/interfaces.ts';
import type { PlannedLink } from '../plan/plan.ts';
import type { LinkComponents, ShapedLink } from './link-control.ts';
import type { ShapingCounters } from './shaping-counters.ts';

/**
 * A peer's access link around a transport, always in place, with its control. Counts what it does in `counters`.
 *
 * @throws {ConfigError} the link says what cannot be done: a region that is not in the table, a ramp from no limit…
 */
export function shapedLink(
  _inner: Transport,
  _components: LinkComponents,
  _link: PlannedLink,
  _counters: ShapingCounters,
): ShapedLink {
  throw new EngineError('links that change cannot be run yet');
}
