import { describe, expect, it } from 'vitest';
import { virtualEngine } from '../engines/virtual/virtual-engine.ts';
import { expand } from '../expand/expand.ts';
import { parseScenario } from '../scenario/parse.ts';
import { brokenBuilds, type BrokenBuildName } from './broken-builds.ts';
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

/** What becomes of a scenario that nobody examines: as by `sim`, but for the build. */
async function outcomeAlone(text: string, build: BrokenBuildName): Promise<string> {
  const engine = virtualEngine({ build: brokenBuilds[build] });
  try {
    const { signal } = new AbortController();
    const { ending } = await engine.run(expand(parseScenario(text, 'found.yaml')), { signal });
    return ending === 'time-limit' ? 'not complete in time' : ending;
  } catch (error) {
    return (error as Error).message;
  }
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
    ['silent-announcer', 'the tracker knows'],
  ] as const)(
    'is found, shrunk to at most four peers, and found by `sim` in what is written: %s',
    async (build, kind) => {
      const failure = await firstFailure(seedsThatFind[build], build);
      expect(failure?.problem.kind).toMatch(new RegExp(kind));
      expect(failure!.peers).toBeLessThanOrEqual(4);
      expect(await outcomeAlone(failure!.text, build)).toMatch(new RegExp(kind));
      expect(failure!.text).toContain(
        `# Found by: swarm-lab fuzz --from ${failure!.seed} --seeds 1 --build ${build}`,
      );
    },
  );
});

/** As a search finds them; others do, too. */
const seedsThatFind: Readonly<Record<Exclude<BrokenBuildName, 'endless-picker'>, readonly number[]>> = {
  'forgetful-picker': [3],
  'losing-link': [0],
  'leaking-link': [7],
  'unverified-chunks': [20],
  'silent-announcer': [0, 1, 2, 3],
};
