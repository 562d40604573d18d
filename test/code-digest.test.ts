/** Which changes make another program of it, for those of a cluster. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { codeDigest } from '../scripts/code-digest.mjs';
import { folderOfTest } from './support/folder-of-test.ts';

/** A checkout with these files beside its lock file. */
function checkout(files: Record<string, string>, lock: object = {}): string {
  const root = folderOfTest('code-digest-');
  const own = {
    'scripts/build.mjs': 'build',
    'package-lock.json': JSON.stringify({ packages: { '': { version: '1' }, ...lock } }),
    ...files,
  };
  for (const [name, text] of Object.entries(own)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const sources = Object.keys(files).filter((name) => name.endsWith('.ts'));
  return codeDigest(
    root,
    sources.map((name) => join(root, name)),
  );
}

test('equal source in different places is one program, whatever is in documents, benchmarks and tools of development', () => {
  const one = checkout({ 'src/a.ts': 'a', 'src/b.ts': 'b' });
  expect(checkout({ 'src/b.ts': 'b', 'src/a.ts': 'a', 'docs/a.md': 'a', 'bench/c.ts': 'c' })).toBe(one);
  expect(
    checkout({ 'src/a.ts': 'a', 'src/b.ts': 'b' }, { 'node_modules/tool': { version: '1', dev: true } }),
  ).toBe(one);
});

test('another source, another way to build it or another library is another program', () => {
  const digests = [
    checkout({ 'src/a.ts': 'a', 'src/b.ts': 'b' }),
    checkout({ 'src/a.ts': 'a', 'src/b.ts': 'c' }),
    checkout({ 'src/a.ts': 'a', 'src/c.ts': 'b' }),
    checkout({ 'src/a.ts': 'a', 'src/b.ts': 'b', 'scripts/build.mjs': 'otherwise' }),
    checkout({ 'src/a.ts': 'a', 'src/b.ts': 'b' }, { 'node_modules/lib': { version: '1' } }),
    checkout({ 'src/a.ts': 'a', 'src/b.ts': 'b' }, { 'node_modules/lib': { version: '2' } }),
  ];
  expect(new Set(digests).size).toBe(digests.length);
});
