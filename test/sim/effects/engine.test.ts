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
    ['engine.slice'],
    'is what a rate lets go at a time: the longer, the fewer messages for the same bytes; virtual time refuses it',
    async () => {
      const sent = async (slice: string) => {
        const { record, result } = await crowd(`{ slice: ${slice} }`, ', link: { up: 4Mbit/s }');
        expect(result.verdict.intactPeers).toBe(3);
        expect(record.host.sliceMs).toBe(Number.parseInt(slice, 10));
        const { payloadSentBytes, messagesSent } = record.peers[0]!.traffic;
        return payloadSentBytes / messagesSent;
      };
      // 500 bytes each ms, but no less than a frame of an Ethernet.
      expect(await sent('20ms')).toBeGreaterThan(2 * (await sent('1ms')));
      await expect(crowd('{ name: virtual, slice: 1ms }')).rejects.toThrow(
        'engine.slice has no effect in virtual time, where rates need no slices; remove it, or add --engine threads',
      );
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

  effect(
    ['engine.placement'],
    'decides which peers of a cluster share a host: all of few, none of few, those of a region; other engines refuse it',
    async () => {
      for (const name of ['threads', 'virtual']) {
        await expect(crowd(`{ name: ${name}, placement: pack }`)).rejects.toThrow(
          `engine.placement has no effect with engine: ${name}, where all peers live on one machine; remove it (--set engine.placement=null), or add --engine cluster`,
        );
      }
      const regions = `
regions: { preset: cloud }
peers: { seeder: { holds: all, region: frankfurt }, leechers: { count: 2, region: tokyo } }`;
      for (const [placement, peers, onHosts] of [
        ['pack', 'peers: { seeder: { holds: all }, leechers: { count: 2 } }', [3]],
        ['spread', 'peers: { seeder: { holds: all }, leechers: { count: 2 } }', [1, 1, 1]],
        ['region', regions, [1, 2]],
      ] as const) {
        const { record, result } = await runAsWritten(`
content: { generate: { size: 64KiB, chunk_size: 16KiB } }
${peers}
engine: { name: cluster, placement: ${placement} }
`);
        expect(record.host.hosts?.map((host) => host.peers)).toEqual(onHosts);
        expect(result.verdict.intactPeers).toBe(3);
      }
    },
  );
});
