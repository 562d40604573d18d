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

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

/** The mean over some seeds: one swarm differs from the next by several per cent. */
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
      // With a quarter of the chunks each is a larger part of the whole, and only whole chunks are passed on.
      expect(oldChunksMs).toBeGreaterThan(quarterMs * 1.04);
    }, 300_000);
  }
});
