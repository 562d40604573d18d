/** The time limit of a run whose scenario names none. */
import { firstChunkTimes } from '../analyse/first-chunk.ts';
import { expand } from '../expand/expand.ts';
import { TIME_LIMIT_MS_MAX } from '../plan/plan-schema.ts';
import type { Plan } from '../plan/plan.ts';
import type { Scenario } from '../scenario/language/scenario.ts';
import { DEFAULT_TIME_LIMIT_MS } from '../scenario/language/schema.ts';
import { boundOf } from './forecast.ts';

/** A run without a limit of its own may take so many times what it must take. */
const LIMIT_BOUNDS = 10;

/** The default limit follows from the lower bound, and from who needs longest for its first chunk. */
export function expandInTime(scenario: Scenario, seed: string): Plan {
  if (scenario.growsWithBound !== true) return expand(scenario, { seed });
  const plan = expand({ ...scenario, timeLimitMs: DEFAULT_TIME_LIMIT_MS }, { seed });
  const { ms } = boundOf(plan);
  const needed = plan.peers.filter(
    ({ mustComplete, holds }) => mustComplete !== false && holds.kind !== 'all',
  );
  const leastMs = Math.max(ms, ...new Set(needed.map(firstChunkTimes(plan))));
  const timeLimitMs = Math.min(Math.ceil(leastMs * LIMIT_BOUNDS), TIME_LIMIT_MS_MAX);
  if (!Number.isFinite(ms) || timeLimitMs <= plan.timeLimitMs) return plan;
  return expand({ ...scenario, timeLimitMs }, { seed });
}
