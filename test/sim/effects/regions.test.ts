import { describe, expect } from 'vitest';
import { effect, runYaml, type EffectRun } from './effect.ts';
import { EARLY_MS, once, tookMs } from './observed.ts';
import { AHEAD_MS, makespanMs } from './pair.ts';

/** A seeder with a leecher beside it, and one far away from both. */
const apart = (regions: string, here: string, there: string) =>
  runYaml(`
content: { generate: { size: 64KiB, chunk_size: 16KiB } }
regions: ${regions}
peers:
  seeder: { holds: all, region: ${here}, policy: { super_seeding: off } }
  near: { region: ${here} }
  far: { region: ${there} }
`);

/** The table has 30 ms there and 50 ms back. */
const table = once(() =>
  apart('{ delays: { here: { there: 30ms }, there: { here: 50ms } } }', 'here', 'there'),
);

/** Of the chunk that came soonest after it was asked for. */
const soonestMs = (run: EffectRun, name: string): number => tookMs(run, name)[0]!;

describe('regions', () => {
  effect(
    ['regions', 'regions.delays', 'peers.<group>.region'],
    'what peers of two regions send each other takes the delays of the table',
    async () => {
      expect(soonestMs(await table(), 'far')).toBeGreaterThan(80 - EARLY_MS);
      expect(soonestMs(await table(), 'near')).toBeLessThan(soonestMs(await table(), 'far'));
      const oneWord = await apart('{ delays: { here: { there: 50ms, here: 20ms } } }', 'here', 'there');
      expect(soonestMs(oneWord, 'far')).toBeGreaterThan(100 - EARLY_MS);
      expect(soonestMs(oneWord, 'near')).toBeGreaterThan(40 - EARLY_MS);
    },
  );

  effect(
    'regions.preset',
    'the table that comes with the laboratory has Dallas and Tokyo 142 ms apart',
    async () => {
      const cloud = await apart('{ preset: cloud }', 'dallas', 'tokyo');
      expect(soonestMs(cloud, 'far')).toBeGreaterThan(142 - EARLY_MS);
      expect(soonestMs(cloud, 'near')).toBeLessThan(soonestMs(cloud, 'far'));
    },
  );

  effect(
    'regions.capacity',
    'what all peers of a region send to another takes its time over the rate that they share',
    async () => {
      const limited = await apart(
        '{ delays: { here: { there: 0ms } }, capacity: { here: { there: 512kbit/s } } }',
        'here',
        'there',
      );
      // 64 KiB over 64,000 bytes/s.
      expect(tookMs(limited, 'far').length).toBe(4);
      expect(makespanMs(limited)).toBeGreaterThan(1024 - AHEAD_MS);
      expect(soonestMs(limited, 'near')).toBeLessThan(100);
    },
  );
});
