import { expect, test } from 'vitest';
import { ConfigError } from '../../core/errors.ts';
import { planOf, small } from '../scenario/fixture.ts';
import { parsePlan } from './parse-plan.ts';

const plan = planOf(`${small}peers: { seeder: { holds: all }, leecher: {} }\n`);

test.each([
  [
    'the result of a run',
    { schemaVersion: 2, plan, peers: [], verdict: {} },
    'this is the result of a run; its plan is plan.json beside it',
  ],
  [
    'an experiment',
    { schemaVersion: 1, kind: 'experiment', runs: [] },
    'this is an experiment; the plan of each run is plan.json in the folder of the run',
  ],
  ['several plans', [plan, plan], 'this is a list of 2 plans; give a file with one of them'],
  [
    'a scenario in JSON',
    { content: { generate: { size: '1MiB' } }, peers: { seeder: { holds: 'all' } } },
    'this is not a plan; give a scenario, even one in JSON, a name that ends in .yaml',
  ],
  [
    'a package',
    { name: 'x', version: '1.0.0', scripts: { test: 'x' } },
    /this is not a plan: .*--plan --json/,
  ],
  ['a number', 5, /this is not a plan/],
  ['nothing', null, /this is not a plan/],
  ['an empty list', [], /this is not a plan/],
])('%s in place of a plan is refused in one line that says where plans are', (_, data, message) => {
  const read = (): unknown => parsePlan(JSON.stringify(data, null, 2), 'reports/a.json');
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(message);
  expect(read).toThrow(/^reports\/a\.json: [^\n]*$/);
});
