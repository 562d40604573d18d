/** Runs many random scenarios in virtual time and tells of those that stall; see scripts/search-stalls.mjs. */
import { judge } from './judge.ts';
import { randomPlan, randomScenario } from './random-scenario.ts';

/** Returns how many failed. */
export function search(from: number, count: number, tell: (line: string) => void): number {
  let failed = 0;
  for (let seed = from; seed < from + count; seed++) {
    const { fault, makespanMs, budgetMs } = judge(seed, randomPlan(seed));
    if (fault !== undefined) {
      failed++;
      const took = makespanMs === undefined ? '' : ` after ${Math.round(makespanMs / 1000)} s`;
      tell(
        `seed ${seed}: ${fault}${took} (budget ${Math.round(budgetMs / 1000)} s)\n${randomScenario(seed)}\n`,
      );
    }
    if ((seed + 1 - from) % 1000 === 0) tell(`${seed + 1 - from} of ${count} seeds, ${failed} failed`);
  }
  return failed;
}
