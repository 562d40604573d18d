import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import type { Experiment } from '../../../src/sim/experiment/experiment.ts';
import { testEnvironment, measure } from '../../../src/sim/measure/fixture.ts';
import type { RunResult } from '../../../src/sim/result/result.ts';
import { runPlan } from '../fault-run.ts';
import { SimDesk } from '../run-sim.ts';
import { designYaml, effect } from './effect.ts';
import { expectNotBefore, plannedJoins } from './moments.ts';

const BASE = `
seed: 7
content: { generate: { size: 64KiB, chunk_size: 16KiB } }
peers:
  seeder: { holds: all, link: { up: 4Mbit/s } }
  leechers: { arrival: { uniform: { from: 0s, to: 100ms } } }
engine: virtual
`;
/** Through the seeder's uplink. */
const leastMs = (kib: number, mbitPerSec: number) => (kib * 1024 * 8) / (mbitPerSec * 1000);

/** Runs every plan of a design in its order. */
async function runAll(yaml: string): Promise<readonly RunResult[]> {
  const results: RunResult[] = [];
  for (const plan of designYaml(yaml).plans)
    results.push(measure(plan, await runPlan(plan), testEnvironment));
  return results;
}

describe('the arms of a sweep', () => {
  effect(['sweep', 'sweep.product'], 'every value of each key meets every value of the others', async () => {
    const results = await runAll(`${BASE}
sweep: { product: { peers.seeder.link.up: [2Mbit/s, 1Mbit/s], content.generate.size: [32KiB, 64KiB] } }`);
    const measured = results.map(({ plan, swarm }) => [plan.variant!.arm, swarm.usefulBytes] as const);
    expect(Object.fromEntries(measured)).toEqual({
      'up=2Mbit/s, size=32KiB': 32_768,
      'up=2Mbit/s, size=64KiB': 65_536,
      'up=1Mbit/s, size=32KiB': 32_768,
      'up=1Mbit/s, size=64KiB': 65_536,
    });
    for (const { plan, swarm } of results) {
      const rate = plan.variant!.parameters['up'] === '2Mbit/s' ? 2 : 1;
      expect(swarm.makespanMs).toBeGreaterThan(leastMs(swarm.contentBytes / 1024, rate) * 0.98);
    }
  });

  effect(['sweep', 'sweep.zip'], 'the first values are run together, then the second', async () => {
    const results = await runAll(`${BASE}
sweep: { zip: { peers.leechers.count: { from: 1, to: 3, steps: 2 }, content.generate.size: [64KiB, 32KiB] } }`);
    const measured = results.map(({ plan, swarm }) => [plan.variant!.arm, swarm.usefulBytes] as const);
    expect(Object.fromEntries(measured)).toEqual({
      'count=1, size=64KiB': 65_536,
      'count=3, size=32KiB': 3 * 32_768,
    });
  });
});

describe('an experiment', () => {
  let desk: SimDesk;
  beforeAll(() => {
    desk = new SimDesk(inject('bundleFolder'));
  });
  afterAll(() => desk.close());

  effect(
    ['repeat.until', 'repeat.metric', 'repeat.at_least', 'repeat.at_most'],
    'repeats all arms in rounds until the figure is known well enough in each, or often enough',
    async () => {
      const repeatsOf = async (repeat: string): Promise<Experiment> => {
        const scenario = desk.scenario(
          'repeats',
          `${BASE}
sweep: { product: { peers.leechers.count: [1, 2] } }
repeat: ${repeat}
`,
        );
        expect(await desk.run([scenario, '--quiet'])).toMatchObject({ code: 0 });
        return JSON.parse(readFileSync(join(desk.report, 'experiment.json'), 'utf8')) as Experiment;
      };
      // Every run of an arm moves the same bytes.
      const same = await repeatsOf('{ until: 1%, metric: useful, at_least: 2, at_most: 4 }');
      expect(same).toMatchObject({ repeats: 2, precision: { metric: 'useful', reachedShare: 0, most: 4 } });
      expect(same.arms.map(({ runs }) => runs)).toEqual([2, 2]);
      // Leechers come at other times in each round.
      const other = await repeatsOf('{ until: 0.1%, at_least: 2, at_most: 3 }');
      expect(other).toMatchObject({ repeats: 3, precision: { metric: 'makespan', share: 0.001 } });
      expect(other.precision!.reachedShare).toBeGreaterThan(0.001);
      expect(other.runs.map(({ repeat }) => repeat)).toEqual([1, 1, 2, 2, 3, 3]);
    },
  );

  effect(
    ['repeat', 'baseline', 'expect', 'description'],
    'runs each arm so often, compares it with the baseline, and ends by the worst of its runs',
    async () => {
      const scenario = desk.scenario(
        'experiment',
        `${BASE}
description: Does a slow seeder delay a pair?
sweep: { product: { peers.seeder.link.up: [1Mbit/s, 2Mbit/s] } }
baseline: { content.generate.size: 32KiB }
repeat: 2
expect: ['makespan < 400ms']
`,
      );
      const { code, stderr } = await desk.run([scenario, '--quiet']);
      // 1 Mbit/s cannot be so fast.
      expect({ code, stderr }).toMatchObject({ code: 4 });
      const saved = (...path: readonly string[]) => readFileSync(join(desk.report, ...path), 'utf8');
      expect(saved('experiment.md')).toContain('Does a slow seeder delay a pair?');
      const { arms, runs } = JSON.parse(saved('experiment.json')) as Experiment;
      expect(arms.map(({ name, runs: count }) => [name, count])).toEqual([
        ['baseline', 2],
        ['up=1Mbit/s', 2],
        ['up=2Mbit/s', 2],
      ]);
      expect(arms[1]!.expectations[0]!.outcome).toBe('fail');
      const means = arms.map(({ name, figures }) => {
        const makespans = runs.filter(({ arm }) => arm === name).map((run) => run.figures['makespan']!);
        const mean = (makespans[0]! + makespans[1]!) / 2;
        expect(makespans[0]).not.toBe(makespans[1]);
        expect(figures[0]).toMatchObject({ metric: 'makespan', summary: { count: 2 } });
        expect(figures[0]!.summary!.mean).toBeCloseTo(mean, 6);
        return mean;
      });
      expect(means[1]).toBeGreaterThan(leastMs(64, 1) * 0.98);
      expect(means[2]).toBeGreaterThan(leastMs(64, 2) * 0.98);
      for (const at of [1, 2]) {
        const { difference } = arms[at]!.figures[0]!.against!;
        expect(difference!.estimate).toBeCloseTo(means[at]! - means[0]!, 6);
      }
      const results = runs.map(({ folder }) => JSON.parse(saved(folder, 'result.json')) as RunResult);
      for (const { plan, peers } of results) {
        const joined = peers.filter(({ group }) => group === 'leechers').map(({ joinedMs }) => joinedMs!);
        expectNotBefore(joined, plannedJoins(plan.peers, 'leechers'));
      }
      // Alike in all arms of a block, and drawn anew for the next.
      const draws = results.map(({ plan }) => plannedJoins(plan.peers, 'leechers')[0]!);
      expect(new Set(draws.slice(0, 3)).size).toBe(1);
      expect(new Set(draws.slice(3)).size).toBe(1);
      expect(draws[0]).not.toBe(draws[3]);
    },
  );
});
