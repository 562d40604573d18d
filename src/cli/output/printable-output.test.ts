import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { folderOfTest } from '../../../test/support/folder-of-test.ts';

/** Colours, a title, a C1 control, a bidi override: all that a text of others must not do to a terminal. */
const HOSTILE = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e';
const ACTS = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

function run(program: string, args: readonly string[], cwd: string) {
  const path = join(inject('bundleFolder'), `${program}.js`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  return { status, text: stdout + stderr };
}

it('a description, a list of chunks, a file name and an option never reach the terminal raw', () => {
  const place = folderOfTest('printable-');
  const yaml = [
    `description: ${JSON.stringify(HOSTILE)}`,
    'content: { generate: { size: 64KiB, chunk_size: 16KiB } }',
    'peers: { s: { holds: all }, l: {} }',
  ].join('\n');
  writeFileSync(join(place, 'x.yaml'), yaml);
  mkdirSync(join(place, 'folder'));
  writeFileSync(join(place, 'folder/local_chunks.txt'), `${HOSTILE}x,chunk_1\n12,LASTCHUNK\n`);
  for (const [program, args] of [
    ['sim', ['x.yaml', '--plan']],
    ['sim', ['x.yaml', '--plan', '--json']],
    ['sim', [`${HOSTILE}.yaml`]],
    ['join', ['folder', 'copy']],
    ['split', [HOSTILE, '--out', 'out', '--chunk-size', '4KiB', '--peers', '2', '--seeder']],
    ['compare', [HOSTILE, 'x.yaml']],
    ['tracker', [`-port`, HOSTILE]],
  ] as const) {
    const { text } = run(program, args, place);
    expect(text, program).not.toBe('');
    expect(text, program).not.toMatch(ACTS);
  }
});
