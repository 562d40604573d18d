import { describe, expect } from 'vitest';
import { effect, runYaml } from './effect.ts';

/** One seeder sends 256 KiB to one leecher, which at 2 Mbit/s takes a second. */
const pair = (seeder: string, leecher = '{}') => `
content: { generate: { size: 256KiB, chunk_size: 16KiB } }
peers:
  seeder: { holds: all, link: ${seeder} }
  leecher: { link: ${leecher} }
`;

describe('a link', () => {
  effect('peers.<group>.link.up', 'halving the uplink of a lone seeder doubles the makespan', async () => {
    const fast = await runYaml(pair('{ up: 4Mbit/s }'));
    const slow = await runYaml(pair('{ up: 2Mbit/s }'));
    // 512 KiB/s and 256 KiB/s less the heads of frames; never faster than that, and later only on a busy machine.
    expect(fast.result.swarm.makespanMs).toBeGreaterThan(480);
    expect(slow.result.swarm.makespanMs).toBeGreaterThan(980);
    expect(fast.result.swarm.makespanMs).toBeLessThan(slow.result.swarm.makespanMs!);
  });
});
