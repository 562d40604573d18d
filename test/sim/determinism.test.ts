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

it.each(shipped)('%s is a function of its plan in virtual time', async (file) => {
  const { plans } = makeDesign({ file: `scenarios/${file}`, sets: [], engine: 'virtual' });
  const check = await checkDeterminism(plans[0]!, {
    engine: testEngines().virtual,
    environment: testEnvironment,
    signal: new AbortController().signal,
  });
  expect(check.difference).toBeNull();
  expect(check.events).toBeGreaterThan(0);
});
