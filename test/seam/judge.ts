/** Whether a run in virtual time finished, and no later than progress allows. */
import type { SwarmEvent } from '../../src/core/events.ts';
import { timeBudgetMs } from '../../src/sim/fuzz/time-budget.ts';
import type { Plan } from '../../src/sim/plan/plan.ts';
import { runVirtually, type Links } from './virtual-swarm.ts';

export interface Judgement {
  readonly seed: number;
  /** undefined: what must complete did. */
  readonly fault: string | undefined;
  readonly makespanMs: number | undefined;
  readonly budgetMs: number;
}

export function judge(seed: number, plan: Plan, links: Links = 'paced'): Judgement {
  const budgetMs = timeBudgetMs(plan);
  const { events, makespanMs } = runVirtually({ ...plan, timeLimitMs: budgetMs }, links);
  return { seed, makespanMs, budgetMs, fault: faultOf(events, makespanMs) };
}

function faultOf(events: readonly SwarmEvent[], makespanMs: number | undefined): string | undefined {
  if (makespanMs === undefined) return 'not complete within its budget';
  const corrupt = events.find((event) => event.type === 'chunk-discarded' && event.reason === 'corrupt');
  if (corrupt !== undefined) return `${corrupt.peer} threw away as corrupt what nobody spoiled`;
  const banned = events.find(({ type }) => type === 'peer-banned');
  return banned && `${banned.peer} banned somebody who did nothing wrong`;
}
