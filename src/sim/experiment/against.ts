/** Two designs as one experiment, whose runs take turns, and apart again for their comparison. */
import { seededRandom } from '../../core/random.ts';
import type { Environment } from '../result/result.ts';
import type { Plan } from '../plan/plan.ts';
import { compareSaved } from './compare-saved.ts';
import type { Comparison } from './comparison.ts';
import type { Design } from './design.ts';
import type { Experiment, ExperimentRun } from './experiment.ts';
import { judgeRuns } from './summarise.ts';

export type AgainstSide = 'base' | 'own';

export interface AgainstDesign {
  /** Of both sides: each plan of one is run just before or after that of the other. */
  readonly design: Design;
  /** What each side is called. */
  readonly names: Readonly<Record<AgainstSide, string>>;
}

/**
 * @param base plan by plan what `own` is compared with: as many plans, of the same arms in the same order
 * @param names one differs from the other
 */
export function takeTurns(own: Design, base: readonly Plan[], names: AgainstDesign['names']): AgainstDesign {
  const random = seededRandom(`${own.seed}/against`);
  const isAlone = own.arms.length === 1;
  const nameOf = (side: AgainstSide, arm: string): string =>
    isAlone ? names[side] : `${names[side]}: ${arm}`;
  const placed = (side: AgainstSide, plan: Plan, repeat: number): Plan => ({
    ...plan,
    variant: {
      arm: nameOf(side, plan.variant?.arm ?? own.arms[0]!.name),
      parameters: plan.variant?.parameters ?? {},
      repeat: plan.variant?.repeat ?? repeat,
    },
  });
  const plans = own.plans.flatMap((plan, at) => {
    const pair = [placed('base', base[at]!, at + 1), placed('own', plan, at + 1)];
    return random.next() < 0.5 ? pair : pair.reverse();
  });
  const arms = (side: AgainstSide) => own.arms.map((arm) => ({ ...arm, name: nameOf(side, arm.name) }));
  return {
    design: {
      ...own,
      plans,
      arms: [...arms('base'), ...arms('own')],
      baseline: isAlone ? names.base : null,
    },
    names,
  };
}

/** Which side a plan of it belongs to. */
export function sideOf({ names }: AgainstDesign, plan: Plan): AgainstSide {
  return isOf(names.base, plan.variant?.arm ?? '') ? 'base' : 'own';
}

function isOf(name: string, arm: string): boolean {
  return arm === name || arm.startsWith(`${name}: `);
}

/** An arm of a side, without the side's name. */
function bareName(name: string, arm: string): string {
  return arm === name ? arm : arm.slice(name.length + 2);
}

/** @param environments where they are not those of the experiment: of another program */
export function compareSides(
  { names, design }: AgainstDesign,
  experiment: Experiment,
  environments: Partial<Record<AgainstSide, Environment>>,
): Comparison {
  const sources = (['base', 'own'] as const).map((side) => ({
    source: names[side],
    experiment: onlySide(experiment, names[side], environments[side]),
    planOf: ({ arm, seed }: ExperimentRun) =>
      design.plans.find(
        (plan) =>
          plan.seed === seed &&
          isOf(names[side], plan.variant!.arm) &&
          bareName(names[side], plan.variant!.arm) === arm,
      ),
  }));
  return compareSaved(sources, { interleaved: true });
}

/** The runs of one side as an experiment of its own, whose arms have their own names again. */
export function onlySide(
  experiment: Experiment,
  name: string,
  environment: Environment = experiment.environment,
): Experiment {
  const runs = experiment.runs
    .filter(({ arm }) => isOf(name, arm))
    .map((run) => ({ ...run, arm: bareName(name, run.arm) }));
  return {
    ...experiment,
    environment,
    baseline: null,
    plannedRuns: experiment.plannedRuns / 2,
    verdict: judgeRuns(runs),
    arms: experiment.arms
      .filter((arm) => isOf(name, arm.name))
      .map((arm) => ({ ...arm, name: bareName(name, arm.name) })),
    runs,
  };
}
