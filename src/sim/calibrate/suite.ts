import { changeCase, latencyThroughputCase, lossCase, sumCase, windowCase } from './flows.ts';
import { jitterCase, latencyCase, regionCase } from './delays.ts';
import type { CalibrationCase } from './finding.ts';
import { rateCase } from './rates.ts';
import { orderCase, slowStartCase } from './slow-start-and-order.ts';

const MBIT = 125_000;
const DIRECTIONS = ['up', 'down'] as const;

/** Everything, about four minutes. `seed`: of jitter and losses, which no two runs should share. */
export function fullSuite(seed: string): CalibrationCase[] {
  return [
    ...DIRECTIONS.flatMap((direction) => [
      ...[0.256, 1, 10, 100, 400].map((megabits) =>
        rateCase({ direction, bytesPerSec: megabits * MBIT, connections: 1, measureMs: 4000 }),
      ),
      ...[0.256, 1, 10, 100, 400].map((megabits) =>
        rateCase({
          direction,
          bytesPerSec: megabits * MBIT,
          connections: 16,
          // So that a connection has at least some 20 slices.
          measureMs: megabits < 1 ? 16_000 : 5000,
        }),
      ),
    ]),
    ...[1, 5, 20, 50, 100, 300].map((ms) => latencyCase(ms, 400, seed)),
    regionCase(200, seed),
    latencyThroughputCase(100 * MBIT, 5000),
    ...(
      [
        { kind: 'uniform', min: 0, max: 60 },
        { kind: 'normal', mean: 40, sd: 10 },
        { kind: 'lognormal', median: 20, sigma: 0.6 },
        { kind: 'exponential', mean: 25 },
        { kind: 'pareto', min: 10, alpha: 2.5 },
      ] as const
    ).map((jitter) => jitterCase(jitter, 800, seed)),
    orderCase(4000, seed),
    windowCase(4000),
    slowStartCase(),
    changeCase(4000),
    lossCase(6000, seed),
    sumCase(8, 1_000_000, 20 * MBIT),
  ];
}

/** Everything in small, some seconds: that it works, not how exactly. */
export function smokeSuite(seed: string): CalibrationCase[] {
  return [
    rateCase({ direction: 'up', bytesPerSec: 20 * MBIT, connections: 1, measureMs: 500 }),
    rateCase({ direction: 'down', bytesPerSec: 20 * MBIT, connections: 4, measureMs: 500 }),
    latencyCase(20, 40, seed),
    regionCase(20, seed),
    jitterCase({ kind: 'exponential', mean: 20 }, 80, seed),
    orderCase(400, seed),
    windowCase(500),
    slowStartCase(),
    changeCase(500),
    lossCase(500, seed),
    sumCase(3, 200_000, 20 * MBIT),
  ];
}
