import { describe, expect, it } from 'vitest';
import { expand } from '../../src/sim/expand/expand.ts';
import { virtualEngine } from '../../src/sim/engines/virtual/virtual-engine.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';

/** How many connections each leecher and seeder opened, on average. */
async function openedByEach(leechers: number): Promise<number> {
  const text = `
seed: 1
content: { generate: { size: 512KiB, chunk_size: 64KiB } }
defaults: { link: { up: 200kbit/s, down: 200kbit/s } }
peers: { seeder: { holds: all, link: { up: 2Mbit/s } }, leechers: { count: ${leechers} } }
`;
  const plan = expand(parseScenario(text, 'connections.yaml'));
  const { ending, peers } = await virtualEngine().run(plan, { signal: new AbortController().signal });
  expect(ending).toBe('completed');
  return peers.reduce((sum, { traffic }) => sum + traffic.connectionsOpened, 0) / peers.length;
}

describe('the connections of a swarm', () => {
  it('do not grow with the square of the peers: who is complete does not try everybody else', async () => {
    // Each opens some twenty, and a few more in place of those that were of no use; with everybody it would be 120.
    expect(await openedByEach(120)).toBeLessThan(30);
  });
});
