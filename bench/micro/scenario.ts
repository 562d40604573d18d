import { expand } from '../../src/sim/expand/expand.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

/** As people write them: groups, links drawn from distributions, churn. */
const TEXT = `
description: A flash crowd over home lines, some of whom leave early.
seed: 7
content:
  generate: { size: 64MiB, chunk_size: 256KiB }
tracker:
  announce_interval: 1s
defaults:
  link: { up: 8Mbit/s, down: 32Mbit/s, latency: 10ms, jitter: 5ms }
peers:
  seeder: { holds: all }
  crowd:
    count: 180
    arrival: { uniform: { from: 500ms, to: 30s } }
    link: { latency: { normal: { mean: 40ms, sd: 10ms } } }
  leavers:
    count: 20
    session: { leave: { after: { uniform: { min: 1s, max: 20s } } } }
time_limit: 5min
`;

export const scenarioBenchmarks: readonly MicroBenchmark[] = [
  {
    name: 'scenario: parse and validate',
    opsPerCall: 1,
    prepare: () => () => parseScenario(TEXT, 'bench.yaml').groups.length,
  },
  {
    name: 'scenario: expand to the plan of 201 peers',
    opsPerCall: 1,
    prepare() {
      const scenario = parseScenario(TEXT, 'bench.yaml');
      return () => Math.round(expand(scenario).peers.reduce((sum, { link }) => sum + link.latencyMs, 0));
    },
  },
];
