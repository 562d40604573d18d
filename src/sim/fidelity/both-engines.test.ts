import { expect, it } from 'vitest';
import type { Design } from '../experiment/design.ts';
import { smallSwarm } from '../measure/fixture.ts';
import { engineNameOf, type Plan } from '../plan/plan.ts';
import { onBothEngines } from './both-engines.ts';

const { plan } = smallSwarm();

function design(arms: readonly string[]): Design {
  const planned = (arm: string, repeat: number): Plan => ({
    ...plan,
    seed: String(repeat),
    variant: { arm, parameters: {}, repeat },
  });
  return {
    scenario: plan.scenario,
    seed: '1',
    repeats: { least: 2, most: 2, until: null },
    arms: arms.map((name) => ({ name, parameters: {} })),
    baseline: null,
    plans: [1, 2].flatMap((repeat) => arms.map((arm) => planned(arm, repeat))),
  };
}

it('runs each plan on threads and then in virtual time, in the order of the design', () => {
  const { plans } = onBothEngines(design(['a', 'b']));
  expect(plans.map((one) => [one.variant!.arm, one.seed, engineNameOf(one)])).toEqual([
    ['a, threads', '1', 'threads'],
    ['a, virtual', '1', 'virtual'],
    ['b, threads', '1', 'threads'],
    ['b, virtual', '1', 'virtual'],
    ['a, threads', '2', 'threads'],
    ['a, virtual', '2', 'virtual'],
    ['b, threads', '2', 'threads'],
    ['b, virtual', '2', 'virtual'],
  ]);
});

it('compares with threads where there is one arm, and of a sweep with nothing', () => {
  expect(onBothEngines(design(['a'])).baseline).toBe('a, threads');
  expect(onBothEngines(design(['a', 'b'])).baseline).toBeNull();
});

it('asks for the place of a time limit by the plan as it was designed', () => {
  const asked: (string | undefined)[] = [];
  const both = onBothEngines({
    ...design(['a', 'b']),
    timeLimitPlace: ({ variant }) => {
      asked.push(variant?.arm);
      return { text: '', line: 1 } as never;
    },
  });
  both.timeLimitPlace!(both.plans[3]!);
  expect(asked).toEqual(['b']);
});
