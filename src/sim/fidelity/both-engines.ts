/** Every plan of a design on both engines. */
import type { Design } from '../experiment/design.ts';
import type { EngineName, Plan } from '../plan/plan.ts';

/** Name of an arm on one of the engines. */
export function armOn(arm: string, engine: EngineName): string {
  return `${arm}, ${engine}`;
}

/** Name of the arm that a plan belongs to; the scenario's where there is one run only. */
export function armOf({ variant, scenario }: Plan): string {
  return variant?.arm ?? scenario.name;
}

/**
 * The same plans in the same order, each on threads and then in virtual time, which no load of the machine disturbs. So
 * the repeats of all arms stay interleaved. Each arm becomes two; without a sweep that on threads is the baseline.
 */
export function onBothEngines(design: Design): Design {
  const original = new Map<Plan, Plan>();
  const plans = design.plans.flatMap((plan) =>
    (['threads', 'virtual'] as const).map((name): Plan => {
      const parameters = { ...plan.variant?.parameters, engine: name };
      const variant = { arm: armOn(armOf(plan), name), parameters, repeat: plan.variant?.repeat ?? 1 };
      const one = { ...plan, engine: { ...plan.engine, name }, variant };
      original.set(one, plan);
      return one;
    }),
  );
  const arms = design.arms.flatMap(({ name, parameters }) =>
    (['threads', 'virtual'] as const).map((engine) => ({
      name: armOn(name, engine),
      parameters: { ...parameters, engine },
    })),
  );
  const { timeLimitPlace } = design;
  return {
    ...design,
    arms,
    baseline: design.arms.length === 1 ? arms[0]!.name : null,
    plans,
    ...(timeLimitPlace === undefined
      ? {}
      : { timeLimitPlace: (plan: Plan) => timeLimitPlace(original.get(plan) ?? plan) }),
  };
}
