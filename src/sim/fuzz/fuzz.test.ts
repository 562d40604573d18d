import { describe, expect, it } from 'vitest';
import type { BrokenBuildName } from './broken-builds.ts';
import { drawScenario } from './draw-scenario.ts';
import { scenarioText } from './fuzz-scenario.ts';
import { examineSeed } from './fuzz-worker.ts';

/** The first of some seeds that fails. */
async function firstFailure(seeds: readonly number[], build?: BrokenBuildName) {
  for (const seed of seeds) {
    const failure = await examineSeed(seed, build);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

const upTo = (count: number) => Array.from({ length: count }, (_, seed) => seed);

describe('random small scenarios', () => {
  it('do what a swarm must, for the first seeds', async () => {
    expect(await firstFailure(upTo(20))).toBeUndefined();
  });

  it('are the same for the same seed', () => {
    expect(scenarioText(drawScenario(7))).toBe(scenarioText(drawScenario(7)));
    expect(scenarioText(drawScenario(7))).not.toBe(scenarioText(drawScenario(8)));
  });
});

describe('a known defect in every peer', () => {
  it.each([
    ['forgetful-picker', 'makes progress|not complete in time|given up'],
    ['losing-link', 'bytes sent are received'],
    ['leaking-link', 'rate allows|faster than its link'],
    ['unverified-chunks', 'hash is wrong'],
  ] as const)('is found and shrunk to at most four peers: %s', async (build, kind) => {
    const failure = await firstFailure(seedsThatFind[build], build);
    expect(failure?.problem.kind).toMatch(new RegExp(kind));
    expect(failure!.peers).toBeLessThanOrEqual(4);
    expect(failure!.text).toContain(
      `# Found by: swarm-lab fuzz --from ${failure!.seed} --seeds 1 --build ${build}`,
    );
  });
});

/** As a search finds them; others do, too. */
const seedsThatFind: Readonly<Record<BrokenBuildName, readonly number[]>> = {
  'forgetful-picker': [3],
  'losing-link': [0],
  'leaking-link': [7],
  'unverified-chunks': [20],
};
