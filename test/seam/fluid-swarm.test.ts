import { describe, expect, it } from 'vitest';
import { expand } from '../../src/sim/expand/expand.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';
import { judge } from './judge.ts';
import { randomPlan, randomScenario } from './random-scenario.ts';
import { runVirtually, type VirtualRun } from './virtual-swarm.ts';

function planOf(leechers: number, size: string, link: string, seed = 7) {
  const text = `
seed: ${seed}
content: { generate: { size: ${size}, chunk_size: 256KiB } }
defaults: { link: { ${link} } }
peers: { seeder: { holds: all }, leechers: { count: ${leechers} } }
`;
  return expand(parseScenario(text, 'fluid.yaml'));
}

function eventsPerChunk({ events, fired }: VirtualRun): number {
  return fired / events.filter(({ type }) => type === 'chunk-received').length;
}

describe('a swarm on fluid links', () => {
  // On links that take turns it is 424 events of the clock, and 844 with the latency.
  it.each(['up: 10Mbit/s', 'up: 10Mbit/s, down: 20Mbit/s, latency: 10ms'])(
    'costs at most 20 events of the clock for each delivered chunk (%s)',
    (link) => {
      const run = runVirtually(planOf(19, '10MiB', link), 'fluid');
      expect(run.makespanMs).toBeDefined();
      expect(eventsPerChunk(run)).toBeLessThanOrEqual(20);
    },
  );

  it('has the same events each time', () => {
    const plan = planOf(9, '5MiB', 'up: 10Mbit/s, down: 15Mbit/s, latency: 7ms, jitter: 5ms');
    expect(runVirtually(plan, 'fluid').events).toEqual(runVirtually(plan, 'fluid').events);
  });

  it('takes as long, within a tenth over seven seeds, as on links that take turns', () => {
    const [paced, fluid] = (['paced', 'fluid'] as const).map((links) =>
      [1, 2, 3, 4, 5, 6, 7]
        .map((seed) => planOf(9, '5MiB', 'up: 10Mbit/s, latency: 10ms', seed))
        .reduce((sumMs, plan) => sumMs + runVirtually(plan, links).makespanMs!, 0),
    );
    expect(Math.abs(fluid! / paced! - 1)).toBeLessThan(0.1);
  });

  // Exact, so that a cost that comes back shows. Who changes what peers do changes these figures with it.
  it('of 50 peers and 100 chunks costs just so many events and messages', () => {
    const { events, fired, messages } = runVirtually(planOf(49, '25MiB', 'up: 10Mbit/s'), 'fluid');
    const chunks = events.filter(({ type }) => type === 'chunk-received').length;
    expect({ chunks, fired, messages }).toEqual({ chunks: 4900, fired: 57_824, messages: 107_200 });
  });

  it('completes a hundred random small scenarios within their budget', () => {
    const faults = Array.from({ length: 100 }, (_, seed) => seed).flatMap((seed) => {
      const { fault } = judge(seed, randomPlan(seed), 'fluid');
      return fault === undefined ? [] : [`seed ${seed}: ${fault}\n${randomScenario(seed)}`];
    });
    expect(faults).toEqual([]);
  });
});
