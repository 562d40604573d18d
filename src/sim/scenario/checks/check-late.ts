/** Times that are written as they are, and can only come after the end of the run. What is drawn is told in the plan. */
import { exactDuration } from '../../units/exact-format.ts';
import type { DrawnDistribution } from '../../plan/distributions.ts';
import type { Path } from '../source/yaml-source.ts';
import type { PeerGroup, ScenarioFault } from '../language/scenario.ts';
import type { Report } from '../source/variables.ts';

/** @param joinMs when the first of the group joins, at the earliest */
export function checkReturn(
  at: Path,
  { leave, comeBack }: PeerGroup,
  joinMs: number,
  timeLimitMs: number,
  report: Report,
): void {
  if (leave === null || comeBack === null || joinMs >= timeLimitMs) return;
  const stayMs = leastOf(leave.afterMs);
  // Nobody completes before it has joined.
  const leaveMs = leave.from === 'start' ? Math.max(joinMs, stayMs) : joinMs + stayMs;
  if (leaveMs + leastOf(comeBack.afterMs) < timeLimitMs) return;
  const message = `would come back after the end of the run at ${exactDuration(timeLimitMs)}`;
  report([...at, 'return', 'after'], message, 'raise time_limit, or leave or come back earlier', 'key');
}

/** What begins by itself after the end is another mistake. */
export function checkLateFault(
  at: Path,
  { when, effect }: ScenarioFault,
  timeLimitMs: number,
  report: Report,
): void {
  const beginMs = when.kind === 'condition' ? when.delayMs : leastOf(when.atMs);
  if (when.kind === 'condition' && beginMs >= timeLimitMs) {
    const message = `would begin after the end of the run at ${exactDuration(timeLimitMs)}`;
    report([...at, 'delay'], message, 'raise time_limit, or shorten the delay');
  }
  if (beginMs >= timeLimitMs || effect.kind !== 'crash' || effect.returnAfterMs === null) return;
  if (beginMs + leastOf(effect.returnAfterMs) < timeLimitMs) return;
  const message = `would come back after the end of the run at ${exactDuration(timeLimitMs)}`;
  const fix = 'raise time_limit, crash or return earlier, or remove return_after, so that they stay away';
  report([...at, 'crash', 'return_after'], message, fix, 'key');
}

/** The smallest value that can be drawn. */
function leastOf(distribution: DrawnDistribution): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value;
    case 'uniform':
    case 'pareto':
      return distribution.min;
    case 'samples':
      return Math.min(...distribution.values);
    case 'normal':
    case 'lognormal':
    case 'exponential':
    case 'weibull':
      return 0;
  }
}
