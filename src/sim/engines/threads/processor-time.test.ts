import { expect, it } from 'vitest';
import { KIB } from '../../../core/units.ts';
import { expand } from '../../expand/expand.ts';
import { parseScenario } from '../../scenario/parse.ts';
import { processorTimeOf } from './processor-time.ts';

/** See docs/benchmarks.md: leechers, size for each in KiB, Mbit/s up and down, threads, seconds of processor time. */
const MEASURED: readonly [number, number, number, number, number][] = [
  [9, 4096, 2, 11, 12.5],
  [9, 2048, 2, 3, 4.4],
  [49, 1024, 2, 6, 16.0],
  [49, 2048, 2, 51, 42.7],
  [99, 1024, 2, 5, 59.1],
  [9, 16_384, 20, 11, 7.3],
  [9, 65_536, 200, 11, 8.1],
];

it.each(MEASURED)(
  'what %i leechers of %i KiB take at %i Mbit/s on %i threads is estimated within a factor of two',
  (leechers, kib, megabits, threads, seconds) => {
    const plan = expand(
      parseScenario(
        `
content: { generate: { size: ${kib}KiB, chunk_size: 256KiB } }
defaults: { link: { up: ${megabits}Mbit/s, down: ${megabits}Mbit/s } }
peers: { seeder: { holds: all }, leechers: { count: ${leechers} } }
`,
        'test.yaml',
      ),
    );
    expect(plan.content.totalChunks).toBe((kib * KIB) / (256 * KIB));
    const { startMs, trafficMs } = processorTimeOf(plan, threads);
    const factor = (startMs + trafficMs) / (seconds * 1000);
    expect(factor).toBeGreaterThan(0.5);
    expect(factor).toBeLessThan(2);
  },
);
