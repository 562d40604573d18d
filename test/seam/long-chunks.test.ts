import { describe, expect, it } from 'vitest';
import type { SwarmEvent } from '../../src/core/events.ts';
import { expand } from '../../src/sim/expand/expand.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';
import { runVirtually } from './virtual-swarm.ts';

const CHUNKS = 25;
const LEECHERS = 25;
/** Of equal uplinks that pass on whole chunks, and know no latency (Mundinger, Weber & Weiss 2008). */
const FEWEST_ROUNDS = CHUNKS + Math.floor(Math.log2(LEECHERS));

interface LongChunks {
  readonly chunkBytes: number;
  readonly upBitsPerSec: number;
  readonly downBitsPerSec: number;
  readonly latencyMs: number;
}

function runOf({ chunkBytes, upBitsPerSec, downBitsPerSec, latencyMs }: LongChunks) {
  const text = `
seed: 1
content: { generate: { size: ${CHUNKS * chunkBytes}B, chunk_size: ${chunkBytes}B } }
defaults: { link: { up: ${upBitsPerSec}bit/s, down: ${downBitsPerSec}bit/s, latency: ${latencyMs}ms } }
peers: { seeder: { holds: all }, leechers: { count: ${LEECHERS} } }
time_limit: 2h
`;
  const { makespanMs, events } = runVirtually(expand(parseScenario(text, 'long-chunks.yaml')), 'fluid');
  const roundMs = (8000 * chunkBytes) / upBitsPerSec;
  const [got, wasted] = [bytesOf(events, 'chunk-received'), bytesOf(events, 'chunk-discarded')];
  return { rounds: makespanMs! / roundMs, waste: wasted / (got + wasted) };
}

function bytesOf(events: readonly SwarmEvent[], type: 'chunk-received' | 'chunk-discarded'): number {
  return events.reduce((sum, event) => sum + (event.type === type ? event.bytes : 0), 0);
}

describe('chunks that take seconds', () => {
  // With limits in milliseconds that knew nothing of the links it was 1.7 to 2.2 times the fewest. Where a downlink is
  // no faster than an uplink, two that send to one leecher halve each other's rate.
  it.each([
    { chunkBytes: 100_000, upBitsPerSec: 250_000, downBitsPerSec: 250_000, latencyMs: 0, atMost: 1.6 },
    { chunkBytes: 100_000, upBitsPerSec: 250_000, downBitsPerSec: 1_000_000, latencyMs: 0, atMost: 1.3 },
    { chunkBytes: 100_000, upBitsPerSec: 250_000, downBitsPerSec: 1_000_000, latencyMs: 100, atMost: 1.4 },
    { chunkBytes: 100_000, upBitsPerSec: 250_000, downBitsPerSec: 250_000, latencyMs: 300, atMost: 1.7 },
    { chunkBytes: 4_000_000, upBitsPerSec: 1_000_000, downBitsPerSec: 1_000_000, latencyMs: 0, atMost: 1.55 },
    {
      chunkBytes: 4_000_000,
      upBitsPerSec: 1_000_000,
      downBitsPerSec: 10_000_000,
      latencyMs: 100,
      atMost: 1.3,
    },
    {
      chunkBytes: 16_000_000,
      upBitsPerSec: 10_000_000,
      downBitsPerSec: 10_000_000,
      latencyMs: 0,
      atMost: 1.55,
      wasteAtMost: 0.05,
    },
  ])(
    'of $chunkBytes bytes at $upBitsPerSec bit/s up and $downBitsPerSec down, $latencyMs ms, spread in few rounds, without waste',
    ({ atMost, wasteAtMost = 0.04, ...links }) => {
      const { rounds, waste } = runOf(links);
      expect(rounds / FEWEST_ROUNDS).toBeLessThan(atMost);
      expect(waste).toBeLessThan(wasteAtMost);
    },
    60_000,
  );

  it('are served to several neighbours at a time where none of them takes all that the uplink gives', () => {
    const text = `
content: { generate: { size: 40MB, chunk_size: 4MB } }
peers:
  seeder: { holds: all, link: { up: 4Mbit/s } }
  leechers: { count: 4, link: { up: 1kbit/s, down: 1Mbit/s } }
time_limit: 2h
`;
    const { makespanMs } = runVirtually(expand(parseScenario(text, 'slow-takers.yaml')), 'fluid');
    // One leecher after the other would need 1,280 s, all at once 320 s. They also wait for what slow leechers promised.
    expect(makespanMs).toBeLessThan(320_000 * 1.4);
  });
});
