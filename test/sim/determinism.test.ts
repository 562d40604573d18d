/** Every scenario that is shipped, twice in virtual time: whatever else the machine does, it comes out the same. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checkDeterminism } from '../../src/sim/determinism.ts';
import { testEnvironment } from '../../src/sim/measure/fixture.ts';
import { makeDesign } from '../../src/sim/pipeline.ts';
import { testEngines } from './fault-run.ts';

const shipped = readdirSync('scenarios', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .sort();

/**
 * Fewer of the same peers, where as many as are shipped take seconds: each kind of peer, region, line and fault is
 * there all the same, and in the midst of the distribution. The other large ones stay whole: what happens once in many
 * thousand decisions is missed more often where there are fewer.
 */
const FEWER: Readonly<Record<string, readonly string[]>> = {
  'fleet/one-centre.yaml': ['variables.machines=10'],
  'fleet/three-regions.yaml': ['variables.machines=3'],
  'papers/bharambe-flash-crowd.yaml': ['peers.leechers.count=12'],
  'papers/kraken-image.yaml': ['peers.hosts.count=13'],
  'papers/legout-rarest.yaml': ['peers.crowd.count=10', 'peers.later.count=20'],
  // They arrive for 200 s, after which the first seeder leaves.
  'papers/qiu-srikant-steady.yaml': ['peers.leechers.count=45'],
};

it.each(shipped)('%s is a function of its plan in virtual time', async (file) => {
  const { plans } = makeDesign({ file: `scenarios/${file}`, sets: FEWER[file] ?? [], engine: 'virtual' });
  const check = await checkDeterminism(plans[0]!, {
    engine: testEngines().virtual,
    environment: testEnvironment,
    signal: new AbortController().signal,
  });
  expect(check.difference).toBeNull();
  expect(check.events).toBeGreaterThan(0);
});

it('what is run with fewer peers is shipped', () => {
  expect(shipped).toEqual(expect.arrayContaining(Object.keys(FEWER)));
});
