/** The small random scenarios of `fuzz`, without the faults that only an engine can bring about. */
import { expand } from '../../src/sim/expand/expand.ts';
import { drawScenario } from '../../src/sim/fuzz/draw-scenario.ts';
import { scenarioText } from '../../src/sim/fuzz/fuzz-scenario.ts';
import type { Plan } from '../../src/sim/plan/plan.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';

/** A scenario in YAML, to be run by hand as well. */
export function randomScenario(seed: number): string {
  const drawn = drawScenario(seed);
  return scenarioText({ ...drawn, faults: drawn.faults.filter(({ kind }) => kind === 'partition') });
}

export function randomPlan(seed: number): Plan {
  return expand(parseScenario(randomScenario(seed), `finish-${seed}.yaml`));
}
