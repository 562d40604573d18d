import { expect, test } from 'vitest';
import { small } from './fixture.ts';
import { settingPlace } from './setting-place.ts';

const base = `${small}peers: { a: { holds: all } }\n`;

function placeOf(text: string, sets: readonly string[] = [], armSets: readonly string[] = []): string {
  const readText = (): string => `${base}time_limit: 1s\n`;
  return settingPlace(text, 'swarm.yaml', 'time_limit', { sets, armSets, readText }).place;
}

test('a setting is found in its file, in the one that it stands on, and on the command line', () => {
  expect(placeOf(`${base}time_limit: 1s`)).toBe('swarm.yaml:3:13');
  expect(placeOf('extends: base.yaml')).toBe('base.yaml:3:13');
  expect(placeOf(`${base}time_limit: 1s`, ['seed=2', 'time_limit=2s'])).toBe('--set:2:1');
});

test('a setting of an arm is found in the sweep or the baseline, also where a variable stands for it', () => {
  const swept = (lines: string): string => `${base}${lines}`;
  const product = swept('sweep: { product: { time_limit: [1s, 2s] } }');
  expect(placeOf(product, ['seed=2'], ['time_limit=2s'])).toBe('swarm.yaml:3:21');
  const zip = swept('sweep: { zip: { seed: [1, 2], time_limit: [1s, 2s] } }');
  expect(placeOf(zip, [], ['seed=1', 'time_limit=2s'])).toBe('swarm.yaml:3:31');
  expect(placeOf(swept('baseline: { time_limit: 1s }'), [], ['time_limit=1s'])).toBe('swarm.yaml:3:13');
  const variable = swept(
    'variables: { end: 9s }\ntime_limit: "${end}"\nsweep: { product: { variables.end: [1s] } }',
  );
  expect(placeOf(variable, [], ['variables.end=1s'])).toBe('swarm.yaml:5:21');
});

test('what is wrong with it is told with the line in question', () => {
  const place = settingPlace(`${base}time_limit: 1s`, 'swarm.yaml', 'time_limit', {
    sets: [],
    armSets: [],
  });
  expect(place.mistake('the limit is too low', 'raise it').message).toBe(
    'swarm.yaml:3:13: time_limit: the limit is too low; raise it\n    3 | time_limit: 1s\n      |             ^',
  );
});
