import { describe, expect } from 'vitest';
import { effect, runYaml } from './effect.ts';

const crowd = (engine: string) =>
  runYaml(`
content: { generate: { size: 64KiB, chunk_size: 16KiB } }
peers: { seeder: { holds: all }, leechers: { count: 2 } }
engine: ${engine}
`);

describe('the engine', () => {
  effect(
    ['engine.name'],
    'decides whether time is real: in virtual time a minute takes no minute',
    async () => {
      for (const engine of ['virtual', '{ name: virtual }']) {
        const { record, result } = await crowd(engine);
        expect(record.engine).toBe('virtual');
        expect(result.verdict.intactPeers).toBe(3);
      }
    },
  );

  effect(
    ['engine', 'engine.peers_per_worker'],
    'so many peers share a thread: the fewer threads were watched, the tracker has its own',
    async () => {
      for (const [engine, threads] of [
        ['{}', 4],
        ['{ peers_per_worker: 2 }', 3],
        ['{ peers_per_worker: 3 }', 2],
      ] as const) {
        const { record, result } = await crowd(engine);
        expect(record.host.threadDelaysP99Ms).toHaveLength(threads);
        expect(result.verdict.intactPeers).toBe(3);
      }
    },
  );
});
