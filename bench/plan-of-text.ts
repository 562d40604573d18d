import { expand } from '../src/sim/expand/expand.ts';
import type { Plan } from '../src/sim/plan/plan.ts';
import { parseScenario } from '../src/sim/scenario/parse.ts';

/** By the way that every scenario goes. `seed` also makes the content. */
export function planOfText(text: string, seed: string): Plan {
  return expand(parseScenario(text, 'bench.yaml'), { seed });
}
