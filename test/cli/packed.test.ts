/** The package as its users get it: packed, and installed in an empty folder. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { folderOfTest } from '../support/folder-of-test.ts';
import { npm, repository } from '../support/npm.ts';

it('installs from the tarball of npm pack, and runs its own scenarios from an empty folder', () => {
  const place = folderOfTest('packed-');
  const packed = npm('npm', ['pack', '--json', '--pack-destination', place]);
  expect(packed, 'npm pack failed').toMatchObject({ code: 0 });
  expect(existsSync(join(repository, 'dist')), 'npm pack has left dist/ in the checkout').toBe(false);
  const [tarball] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('['))) as [
    { filename: string; files: { path: string }[] },
  ];
  const beside = tarball.files
    .map(({ path }) => path)
    .filter((path) => !/^(dist|scenarios|folders|docs)\//.test(path));
  expect(beside.sort()).toEqual([
    'LICENSE',
    'README.md',
    // What `bench --peers libtorrent` starts.
    'bench/others/libtorrent_swarm.py',
    'package.json',
    'scripts/launch.mjs',
  ]);

  const installed = npm('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball.filename], {
    cwd: place,
  });
  expect(
    installed,
    'the tarball could not be installed: npm needs the registry, or its cache, for the libraries',
  ).toMatchObject({ code: 0 });
  expect(existsSync(join(place, 'node_modules', 'rolldown'))).toBe(false);
  // To the agents of a cluster it is the same program as the checkout.
  const codeIn = (folder: string) => readFileSync(join(folder, 'code.json'), 'utf8');
  expect(codeIn(join(place, 'node_modules', 'swarm-lab', 'dist'))).toBe(codeIn(inject('bundleFolder')));

  const lab = (...args: string[]) => npm('npx', ['swarm-lab', ...args], { cwd: place });
  const version = /"version": "(.*)"/.exec(readFileSync(join(repository, 'package.json'), 'utf8'))![1]!;
  expect(lab('--version')).toEqual({ code: 0, stdout: `swarm-lab ${version}\n`, stderr: '' });
  expect(lab('sim', 'papers/kumar-ross-fluid', '--plan')).toMatchObject({ code: 0, stderr: '' });
  // Real threads and sockets, on chunk folders that come with the package.
  const run = lab('sim', 'three-peers', '--json');
  const { swarm, trust, environment } = JSON.parse(run.stdout) as {
    swarm: { makespanMs: number };
    trust: { level: string };
    environment: { version: string; commit: string | null };
  };
  // What a busy machine makes untrusted is inconclusive.
  expect(run.code, run.stderr).toBe(trust.level === 'untrusted' ? 3 : 0);
  expect(swarm.makespanMs).toBeGreaterThan(0);
  expect(environment.version).toBe(version);
  expect(readdirSync(join(place, 'reports')).sort()).toEqual(['latest', 'three-peers']);
  expect(lab('join', 'node_modules/swarm-lab/folders/folder1', 'picture.png')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('lacks 4 of 12 chunks') as string,
  });
  expect(lab('bench', '--list').stdout).toContain('1 seeder, 8 leechers');
  expect(lab('calibrate', '--list', '--no-kernel')).toMatchObject({ code: 0, stderr: '' });
  for (const program of ['compare', 'tracker', 'client', 'split', 'agent']) {
    expect(lab(program, '--help').stdout).toContain(`Usage: swarm-lab ${program} [options]`);
  }
}, 600_000);
