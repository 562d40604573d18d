import { describe, expect, it } from 'vitest';
import { expand } from '../../../../sim/expand/expand.ts';
import { parseScenario } from '../../../../sim/scenario/parse.ts';
import { runVirtually } from '../../../../../test/seam/virtual-swarm.ts';

const CHUNKS = 100;
const ROUND_MS = 262.144;

/** Makespan over the time in which the seeder's uplink sends the file once. */
function rounds(leechers: number, down: string, latency = '0ms', chunks = CHUNKS): number {
  const text = `
content: { generate: { size: ${chunks * 256}KiB, chunk_size: 256KiB } }
defaults: { link: { up: 8Mbit/s, down: ${down}, latency: ${latency} } }
peers: { seeder: { holds: all }, leechers: { count: ${leechers} } }
time_limit: 1h
`;
  const { makespanMs } = runVirtually(expand(parseScenario(text, 'turns.yaml')), 'fluid');
  return makespanMs! / ROUND_MS;
}

describe('an uplink', () => {
  it('sends whole chunks one after another, so that a swarm of equal uplinks is near the fewest rounds', () => {
    expect(rounds(16, 'unlimited')).toBeLessThan((CHUNKS + 4) * 1.1);
  });

  it('sends the rarest chunk first that it is asked for, so that new ones spread soon in spite of latency', () => {
    // 1.24 times the fewest; by the order of requests 1.31.
    expect(rounds(31, 'unlimited', '20ms', 32)).toBeLessThan((32 + 5) * 1.28);
  });

  it('serves several at a time where none of them takes all that it gives', () => {
    // Each leecher takes a quarter of what the seeder sends: alone it would need four times as long.
    expect(rounds(4, '2Mbit/s')).toBeLessThan(CHUNKS * 4 * 1.1);
  });
});
