import { expect, test } from 'vitest';
import { needsOf, shortagesOf, type MachineLimits } from '../../engines/threads/capacity.ts';
import { fitToMachine } from '../../engines/threads/fit.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Design } from '../../experiment/design.ts';
import { forecast } from '../../experiment/forecast.ts';
import { planOf, small } from '../../scenario/fixture.ts';
import { renderDesign } from './design.ts';

const roomy: MachineLimits = {
  openFiles: Infinity,
  memoryMaps: Infinity,
  freeBytes: Infinity,
  freeDiskBytes: Infinity,
  roomInMemoryBytes: Infinity,
  loopbackAddresses: Infinity,
  threads: [],
  freeSetBy: null,
};

const roomyThreads = {
  needs: (plan: Plan) => needsOf(fitToMachine(plan, roomy, { cores: 2 }).plan),
  check: (plan: Plan) => shortagesOf(fitToMachine(plan, roomy, { cores: 2 }).plan, roomy),
};

function printed(spaced: string): string {
  const plan = planOf(
    `${small}peers: { seeder: { holds: all, link: { up: 8Mbit/s } }, g: { count: 5, arrival: { spaced: ${spaced} } } }`,
  );
  const design: Design = {
    scenario: plan.scenario,
    seed: plan.seed,
    repeats: { least: 1, most: 1, until: null },
    arms: [{ name: 'swarm', parameters: {} }],
    baseline: null,
    plans: [plan],
  };
  return renderDesign(
    design,
    design.plans.map((one) => forecast(one, roomyThreads)),
    120,
  );
}

test('a printed plan says at least and at most how long the run takes', () => {
  expect(printed('1s')).toMatch(/^time +at least .+, at most 1 min/m);
});

test('a printed plan of adaptive repeats says how many there are at least and at most', () => {
  const plan = planOf(`${small}peers: { seeder: { holds: all, link: { up: 8Mbit/s } }, g: { count: 1 } }`);
  const plans = Array.from({ length: 20 }, (_, at) => ({
    ...plan,
    variant: { arm: 'swarm', parameters: {}, repeat: at + 1 },
  }));
  const design: Design = {
    scenario: plan.scenario,
    seed: plan.seed,
    repeats: { least: 3, most: 20, until: { metric: 'makespan', share: 0.05 } },
    arms: [{ name: 'swarm', parameters: {} }],
    baseline: null,
    plans,
  };
  expect(
    renderDesign(
      design,
      plans.map((one) => forecast(one, roomyThreads)),
      200,
    ),
  ).toMatch(
    /^swarm: 3 to 20 runs, 1 arm × 3 to 20 \(until half the 95 % interval of makespan is within 5 % of its mean\)/,
  );
});

test('a printed plan that cannot be met says so, and never that it takes at least more than at most', () => {
  const text = printed('30s');
  expect(text).toMatch(
    /g: 3 of 5 peers would join after the run has ended, at 1 min 00 s at the latest: they never\s+join/,
  );
  expect(text).toMatch(/^time .* incomplete by then: the lower bound is above the time limit of 1 min/m);
  expect(text).not.toContain('at least');
});

test('no line of a printed sweep is wider than 60 columns, however long the names of its arms are', () => {
  const plan = planOf(`${small}peers: { seeder: { holds: all, link: { up: 8Mbit/s } }, g: { count: 1 } }`);
  const names = ['16Mbit/s', '2500kbit/s'].map(
    (up) => `seeder.link.up=${up}, leechers.link.up=8Mbit/s, down=2500kbit/s`,
  );
  const plans = names.map((arm) => ({ ...plan, seed: '1#2', variant: { arm, parameters: {}, repeat: 1 } }));
  const design: Design = {
    scenario: plan.scenario,
    seed: plan.seed,
    repeats: { least: 1, most: 1, until: null },
    arms: names.map((name) => ({ name, parameters: {} })),
    baseline: null,
    plans,
  };
  const lines = renderDesign(
    design,
    plans.map((one) => forecast(one, roomyThreads)),
    60,
  ).split('\n');
  expect(lines.filter((line) => line.length > 60)).toEqual([]);
  expect(lines.filter((line) => line.includes('arm seeder'))).toHaveLength(2);
});
