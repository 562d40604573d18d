import { describe, expect } from 'vitest';
import { effect, runAsWritten } from './effect.ts';

const crowd = (engine: string, seeder = '') =>
  runAsWritten(`
content: { generate: { size: 64KiB, chunk_size: 16KiB } }
peers: { seeder: { holds: all${seeder} }, leechers: { count: 2 } }
engine: ${engine}
`);

describe('the engine', () => {
  effect(
    ['engine.name'],
    'decides whether time is real: in virtual time nine minutes are over before this test may end',
    async () => {
      const { record, result } = await crowd('{ name: virtual }', ', link: { up: 1kbit/s }');
      expect(record.engine).toBe('virtual');
      expect(result.verdict.intactPeers).toBe(3);
      expect(result.swarm.makespanMs).toBeGreaterThan(64 * 1024 * 8);
      expect((await crowd('virtual')).record.engine).toBe('virtual');
      expect((await crowd('threads')).record.engine).toBe('threads');
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
