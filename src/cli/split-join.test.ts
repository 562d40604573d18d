import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';

let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'split-join-programs-'));
  writeFileSync(join(place, 'file'), 'some content that is cut into chunks');
});

afterEach(() => rmSync(place, { recursive: true, force: true }));

function run(program: string, ...args: string[]) {
  const path = join(inject('bundleFolder'), `${program}.js`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], {
    cwd: place,
    encoding: 'utf8',
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  return { status, stdout, stderr };
}

it('split makes the folders, join the identical file, both say the SHA-256', () => {
  const split = run('split', 'file', '--out', 'out', '--chunk-size', '16B', '--peers', '2', '--seeder');
  expect(split).toMatchObject({ status: 0, stderr: '' });
  expect(split.stdout).toMatch(
    /^file: 36 B in 3 chunks, SHA-256 [0-9a-f]{64}\n {2}out\/folder1: 3 of 3 chunks\n {2}out\/folder2: 0 of 3 chunks\n$/,
  );
  const joined = run('join', 'out/folder1', 'copy');
  expect(joined).toMatchObject({ status: 0, stderr: '' });
  expect(joined.stdout).toMatch(/^copy: 36 B, SHA-256 [0-9a-f]{64} \(as in split.json\)\n$/);
  expect(readFileSync(join(place, 'copy'))).toEqual(readFileSync(join(place, 'file')));
});

it('join ends with 1 and names the missing chunks of an incomplete folder', () => {
  run('split', 'file', '--out', 'out', '--chunk-size', '16B', '--seeder');
  expect(run('join', 'out/folder2', 'copy')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'join: out/folder2 lacks 3 of 3 chunks: 1, 2, 3; let a client complete it\n',
  });
});

it('join ends with 1 and keeps nothing when the content is not as it was', () => {
  run('split', 'file', '--out', 'out', '--chunk-size', '16B', '--seeder');
  writeFileSync(join(place, 'out/folder1/chunk_2'), 'something else');
  const { status, stderr } = run('join', 'out/folder1', 'copy');
  expect(status).toBe(1);
  expect(stderr).toBe(
    'join: chunk 2 of out/folder1 is spoilt: its SHA-1 is not the one in split.json; remove its file and its line in ' +
      'local_chunks.txt, and let a client fetch again; nothing was written\n',
  );
  expect(readdirSync(place).sort()).toEqual(['file', 'out']);
  const { stderr: other } = run('join', 'out/folder1', 'copy', '--sha256', 'ab'.repeat(32));
  expect(other).toMatch(/^join: the chunks of out\/folder1 give SHA-256 .*; nothing was written\n$/);
});

it.runIf(existsSync('/proc/self'))('split needs no more open files for more folders', () => {
  const path = join(inject('bundleFolder'), 'split.js');
  const args = ['file', '--out', 'out', '--chunk-size', '16B', '--peers', '300', '--overlap', '300'];
  const command = `ulimit -n 256; exec "$0" "$@"`;
  const { status, stderr } = spawnSync('sh', ['-c', command, process.execPath, path, ...args], {
    cwd: place,
    encoding: 'utf8',
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(run('join', 'out/folder300', 'copy')).toMatchObject({ status: 0 });
});

it.each([
  [[], 'split: <file> and --out <folder> are missing (--help lists the options)\n'],
  [
    ['file', '--out', 'out', '--chunk-size', '4'],
    'split: --chunk-size 4: 4 has no unit, write 4KiB or 4MiB.\n',
  ],
  [['file', '--out', 'out', '--peer', '3'], 'split: unknown option --peer; did you mean --peers?\n'],
  [['file', '--out', 'out', '--chunk-size', '5Mbit'], '"Mbit" is not a unit of a size, write'],
  [
    ['file', '--out', 'out', '--peers', '0'],
    'split: --peers 0: It must be a whole number from 1 to 100000.\n',
  ],
  [['file', '--out', 'out', '--seed', ''], 'A seed has at least one visible character.'],
  [['file', '--out', '.'], 'split: . is not empty (file is in it); name a new folder or empty it'],
  [['file', '--out', 'file'], 'split: cannot create file: it is a file, not a folder\n'],
  [['file', '--out', '/dev/null/x'], 'split: cannot create /dev/null/x: it is not a folder\n'],
  [['none', '--out', 'out'], 'split: cannot open none: it does not exist'],
])('split %j ends with 2, says why in a line and makes nothing', (args, message) => {
  const { status, stdout, stderr } = run('split', ...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
  expect(readdirSync(place)).toEqual(['file']);
});

it.runIf(existsSync('/proc/self'))('split gives up in a line where no folder can be made', () => {
  expect(run('split', 'file', '--out', '/proc/x/y')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'split: cannot create /proc/x/y: no file can be created in /proc\n',
  });
});

it('--help ends with 0 and shows examples', () => {
  for (const program of ['split', 'join'] as const) {
    const { status, stdout } = run(program, '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('Example');
  }
});

it.each(['tracker', 'client', 'split', 'join', 'bench', 'sim', 'compare', 'calibrate', 'papers'])(
  '%s --help shows both ways to start it',
  (program) => {
    const { status, stdout } = run(program, '--help');
    expect(status).toBe(0);
    expect(stdout).toContain(`Usage: swarm-lab ${program} [options]`);
    expect(stdout).toContain(`npm run ${program} -- [options]`);
  },
);
