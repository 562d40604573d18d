import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOfTest } from '../../test/support/folder-of-test.ts';
import { givenPath } from './given-path.ts';

test('a path that npm has moved away from is found where the user is', () => {
  const folder = folderOfTest('given-path-');
  mkdirSync(join(folder, 'mine'));
  writeFileSync(join(folder, 'mine', 'a.yaml'), '');
  const env = { INIT_CWD: join(folder, 'mine'), npm_lifecycle_event: 'sim' };
  const found = join(folder, 'mine', 'a.yaml');
  expect(givenPath('a.yaml', 'sim', env)).toBe(found);
  expect(givenPath('./a.yaml', 'sim', env)).toBe(found);
  expect(givenPath('../mine/a.yaml', 'sim', env)).toBe(found);
});

test('a path is left as it was given, when it leads somewhere from here, nowhere from there, or npm did not start us', () => {
  const folder = folderOfTest('given-path-');
  writeFileSync(join(folder, 'package.json'), '');
  writeFileSync(join(folder, 'a.yaml'), '');
  const env = { INIT_CWD: folder, npm_lifecycle_event: 'sim' };
  expect(givenPath('package.json', 'sim', env)).toBe('package.json');
  expect(givenPath('b.yaml', 'sim', env)).toBe('b.yaml');
  expect(givenPath('/nowhere/a.yaml', 'sim', env)).toBe('/nowhere/a.yaml');
  expect(givenPath('a.yaml', 'sim', {})).toBe('a.yaml');
  expect(givenPath('a.yaml', 'sim', { ...env, npm_lifecycle_event: 'test' })).toBe('a.yaml');
});
