/** Scenarios that a search has found, made as small as they could be: each did once what its first line rules out. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examine } from '../../src/sim/fuzz/examine.ts';

const folder = fileURLToPath(new URL('./found', import.meta.url));

const found = readdirSync(folder).map((file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  return { file, text, sentence: /^# (.*)/.exec(text)![1]! };
});

describe('what a search has found', () => {
  it.each(found)('$sentence ($file)', async ({ file, text }) => {
    expect(await examine(text, { file, signal: new AbortController().signal })).toBeUndefined();
  });
});
