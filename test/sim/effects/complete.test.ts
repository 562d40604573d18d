import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('.//', import.meta.url);
const reference = readFileSync(new URL('../../../docs/scenario-reference.md', import.meta.url), 'utf8');

/** Keys in the tables of the reference, by the path of their section; those of the file itself stand alone. */
function keysOfReference(): string[] {
  const keys: string[] = [];
  for (const section of reference.split(/^## /m).slice(1)) {
    const path = /^`([^`]+)`/.exec(section)?.[1] ?? (section.startsWith('The file') ? '' : undefined);
    if (path === undefined) continue;
    for (const [, key] of section.matchAll(/^\| `([^`]+)` /gm))
      keys.push(path === '' ? key! : `${path}.${key!}`);
  }
  return keys;
}

/** First arguments of `effect`: a text or a list of texts. */
function keysWithEffect(): string[] {
  const sources = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));
  return sources.flatMap((name) => {
    const source = readFileSync(new URL(name, folder), 'utf8');
    const calls = [...source.matchAll(/\beffect\(\s*(\[(?:[^[\]]|\[\])*\]|'[^']*')/g)];
    return calls.flatMap(([, keys]) => [...keys!.matchAll(/'([^']*)'/g)].map(([, key]) => key!));
  });
}

describe('the keys of the scenario language', () => {
  const keys = keysOfReference();

  it('are all found in the reference', () => {
    expect(keys.length).toBeGreaterThan(120);
    expect(keys).toContain('peers.<group>.link.up');
  });

  it('each have a test that shows its effect on a measured figure', () => {
    const shown = new Set(keysWithEffect());
    expect(keys.filter((key) => !shown.has(key))).toEqual([]);
  });

  it('are all that such tests are named for', () => {
    expect(keysWithEffect().filter((key) => !keys.includes(key))).toEqual([]);
  });
});
