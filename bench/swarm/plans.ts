/** Plans of the whole-swarm benchmarks. */
import type { Plan } from '../../src/sim/plan/plan.ts';
import { planOfText } from '../plan-of-text.ts';
import type { ClassicCase, ShapingCase, StartUpCase, SwarmCase, ThroughputCase } from './cases.ts';

/** Links have no limits, except for shaping. */
export function planOf(benchmark: SwarmCase, seed: string): Plan {
  return planOfText(scenarioText(benchmark), seed);
}

function scenarioText(benchmark: SwarmCase): string {
  switch (benchmark.kind) {
    case 'throughput':
      return throughputText(benchmark);
    case 'shaping':
      return shapingText(benchmark);
    case 'start-up':
      return startUpText(benchmark);
    case 'classic':
      return classicText(benchmark);
  }
}

function throughputText({ name, fileBytes, chunkBytes, leechers }: ThroughputCase): string {
  return `
description: '${name}'
content: { generate: { size: ${fileBytes}B, chunk_size: ${chunkBytes}B } }
peers: { seeder: { holds: all }, leechers: { count: ${leechers} } }
time_limit: 5min
`;
}

function shapingText({ name, fileBytes, chunkBytes, leechers, megabits }: ShapingCase): string {
  const link = megabits === null ? '{}' : `{ up: ${megabits}Mbit/s, down: ${megabits}Mbit/s }`;
  return `
description: '${name}'
content: { generate: { size: ${fileBytes}B, chunk_size: ${chunkBytes}B } }
defaults: { link: ${link} }
peers: { seeder: { holds: all }, leechers: { count: ${leechers} } }
time_limit: 5min
`;
}

/** Few connections, since nobody gets so far as to open one. */
function startUpText({ name, workers }: StartUpCase): string {
  return `
description: '${name}'
content: { generate: { size: 64KiB, chunk_size: 16KiB } }
defaults: { policy: { max_connections: 4, upload_slots: 4 } }
peers: { seeder: { holds: all }, leechers: { count: ${workers - 1} } }
engine: { peers_per_worker: 1 }
time_limit: 5min
`;
}

function classicText({ name, protocol }: ClassicCase): string {
  return `
description: '${name}'
content: { folders: [folders/folder1, folders/folder2, folders/folder3] }
defaults: { protocol: ${protocol} }
time_limit: 1min
`;
}
