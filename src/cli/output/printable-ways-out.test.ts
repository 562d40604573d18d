/** Hostile text on every way out of the programs: whatever others name, nothing of it acts upon a terminal. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, inject, it } from 'vitest';
import { folderOfTest } from '../../../test/support/folder-of-test.ts';

const ACTS = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/** What may stand in a file name, too: no NUL, no slash. */
const hostile = fc
  .array(
    fc.constantFrom(
      '\u001b[2J',
      '\u001b]0;x\u0007',
      '\u009b31m',
      '\u0085',
      '\u202e',
      '\u2066',
      '\u200f',
      '\u061c',
      '\r',
      '\u007f',
      'a',
      'é',
    ),
    { minLength: 4, maxLength: 12 },
  )
  .map((signs) => `x${signs.join('')}`);

function run(program: string, args: readonly string[], cwd: string): string {
  const path = join(inject('bundleFolder'), `${program}.js`);
  const { stdout, stderr } = spawnSync(process.execPath, [path, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
    timeout: 60_000,
  });
  return stdout + stderr;
}

/** Every text that a run leaves in a folder, by its path. */
function filesBelow(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, 'utf8')]);
}

function scenario(text: string, group: string): string {
  return [
    `description: ${JSON.stringify(text)}`,
    'content: { generate: { size: 64KiB, chunk_size: 16KiB } }',
    `peers: { s: { holds: all }, ${JSON.stringify(group)}: {} }`,
  ].join('\n');
}

it('hostile names and texts reach neither the terminal nor a report raw', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const place = folderOfTest('ways-out-');
      writeFileSync(join(place, 'named.yaml'), scenario('plain', text));
      writeFileSync(join(place, 'good.yaml'), scenario(text, 'l'));
      writeFileSync(join(place, `${text}.yaml`), scenario(text, 'l'));
      mkdirSync(join(place, text));
      writeFileSync(join(place, text, 'local_chunks.txt'), `1,${text}\n2,LASTCHUNK\n`);
      const outputs: [string, string][] = [
        ['a scenario', run('sim', ['good.yaml', '--out', 'out'], place)],
        ['a group', run('sim', ['named.yaml', '--plan'], place)],
        ['a file name', run('sim', [`${text}.yaml`, '--plan'], place)],
        ['a list', run('join', [text, 'copy'], place)],
        ['a client', run('client', ['-folder', text, '-transfer_port', '0', '-name', text], place)],
        ['an option', run('tracker', ['-bind', text, '-port', '0'], place)],
      ];
      const files = filesBelow(join(place, 'out'));
      const plan = files.find(([path]) => path.endsWith('plan.json'))!;
      const result = files.find(([path]) => path.endsWith('result.json'))!;
      expect(JSON.stringify(JSON.parse(plan[1]))).toContain(JSON.stringify(text).slice(1, -1));
      outputs.push(['a saved plan', run('sim', [plan[0], '--plan'], place)]);
      writeFileSync(result[0], result[1].replaceAll('"good', `"${JSON.stringify(text).slice(1, -1)}`));
      outputs.push(['a result', run('compare', [result[0], result[0]], place)]);
      for (const [way, shown] of [...outputs, ...files]) {
        expect(shown, way).not.toBe('');
        expect(shown, way).not.toMatch(ACTS);
      }
    }),
    { numRuns: 1, endOnFailure: true },
  );
}, 300_000);
