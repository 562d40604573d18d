import { describe, expect, it } from 'vitest';
import { expand } from '../../src/sim/expand/expand.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';
import { runVirtually } from './virtual-swarm.ts';

interface Scale {
  readonly size: string;
  readonly chunk: string;
  readonly up: string;
  readonly down: string;
  readonly latency: string;
  readonly leechers: number;
}

const SEEDS = [1, 2, 3, 4];

/** The mean over some seeds: one swarm differs from the next by several per cent, the mean of four by half of that. */
function makespanOf(scale: Scale): number {
  return SEEDS.reduce((sumMs, seed) => sumMs + makespanOnce(scale, seed), 0) / SEEDS.length;
}

function makespanOnce({ size, chunk, up, down, latency, leechers }: Scale, seed: number): number {
  const plan = expand(
    parseScenario(
      `
seed: ${seed}
content: { generate: { size: ${size}, chunk_size: ${chunk} } }
defaults: { link: { up: ${up}, down: ${down}, latency: ${latency} } }
peers: { seeder: { holds: all }, leechers: { count: ${leechers} } }
time_limit: 1h
`,
      'scaling.yaml',
    ),
  );
  return runVirtually(plan, 'fluid').makespanMs!;
}

/** `scenarios/flash-crowd.yaml`: its lower bound is 3.36 s. */
const crowd: Scale = {
  size: '4MiB',
  chunk: '32KiB',
  up: '10Mbit/s',
  down: '40Mbit/s',
  latency: '5ms',
  leechers: 12,
};
const quarterOfCrowd = { ...crowd, size: '1MiB', chunk: '8KiB', up: '2500kbit/s', down: '10Mbit/s' };

/** The cluster of docs/scaling-down.md, by a thousand: its lower bound is 80 s. */
const cluster: Scale = {
  size: '10MB',
  chunk: '100kB',
  up: '1Mbit/s',
  down: '1Mbit/s',
  latency: '0ms',
  leechers: 25,
};
const quarterOfCluster = { ...cluster, size: '2500kB', chunk: '25kB', up: '250kbit/s', down: '250kbit/s' };

function chunksOf({ size, chunk }: Scale): number {
  return (parseFloat(size) * (size.endsWith('MB') ? 1000 : 1024)) / parseFloat(chunk);
}

/** The fewest rounds of equal uplinks are M + floor(log2 N) for M chunks (Mundinger, Weber & Weiss 2008). */
function roundsAChunk(chunks: number, leechers: number): number {
  return (chunks + Math.floor(Math.log2(leechers))) / chunks;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

describe('a swarm that is scaled down, in virtual time', () => {
  for (const [name, whole, quarter] of [
    ['flash-crowd', crowd, quarterOfCrowd],
    ['cluster', cluster, quarterOfCluster],
  ] as const) {
    it(`takes as long as before, within 6 %, with rates, file and chunks by four: ${name}`, async ({
      annotate,
    }) => {
      const [wholeMs, quarterMs] = [makespanOf(whole), makespanOf(quarter)];
      const oldChunksMs = makespanOf({ ...quarter, chunk: whole.chunk });
      await annotate(
        `as it is ${seconds(wholeMs)}, by four ${seconds(quarterMs)}, by four with chunks as before ${seconds(oldChunksMs)}`,
      );
      expect(Math.abs(quarterMs / wholeMs - 1)).toBeLessThan(0.06);
      // Only whole chunks are passed on, so that with a quarter of them even the best schedule takes longer. No schedule
      // of peers is that good, and the means scatter by some per cent: half of the difference has to show.
      const chunks = chunksOf(whole);
      const least = roundsAChunk(chunks / 4, whole.leechers) / roundsAChunk(chunks, whole.leechers) - 1;
      expect(oldChunksMs / quarterMs - 1).toBeGreaterThan(least / 2);
      // The 12 runs of the cluster are 25 s of a processor, and may take ten times as long where many others want it.
    }, 600_000);
  }
});
