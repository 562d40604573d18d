import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder-of-test.ts';
import { makeScratch, roomInMemory } from './scratch.ts';

describe('the place of temporary files', () => {
  const before = process.env['TMPDIR'];
  let folder: string;
  beforeEach(() => {
    folder = folderOfTest('scratch-test-');
    process.env['TMPDIR'] = folder;
  });
  afterEach(() => {
    vi.restoreAllMocks();
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });

  it('is TMPDIR where that is set', () => {
    expect(roomInMemory()).toBe(0);
    const { folder: made, inMemory } = makeScratch(1000);
    expect(dirname(made)).toBe(folder);
    expect(inMemory).toBe(false);
  });

  it('is memory where the system has such a file system and the files fit, else the temporary folder', () => {
    process.env['TMPDIR'] = '';
    // What is available changes all the time; of so little no other program takes a part.
    vi.spyOn(process, 'availableMemory').mockReturnValue(4 * 1024 ** 2);
    const room = roomInMemory();
    for (const neededBytes of [0, 1000, room, room + 1]) {
      const { folder: made, inMemory } = makeScratch(neededBytes);
      expect(inMemory).toBe(room > 0 && neededBytes <= room);
      expect(dirname(made)).toBe(inMemory ? '/dev/shm' : '/tmp');
      rmSync(made, { recursive: true });
    }
  });

  it('is rid of what killed programs left, and of nothing else', () => {
    const { pid: deadPid } = spawnSync(process.execPath, ['--version']);
    const mine = makeScratch(0).folder;
    const left = join(folder, basename(mine).replace(String(process.pid), String(deadPid)));
    renameSync(mine, left);
    mkdirSync(join(left, 'peer-1'));
    const others = ['swarm-lab-notes', `elsewhere-${deadPid}-a`];
    for (const name of others) mkdirSync(join(folder, name));
    const living = makeScratch(0).folder;
    expect(existsSync(left)).toBe(false);
    const next = makeScratch(0).folder;
    expect(readdirSync(folder).sort()).toEqual([...others, basename(living), basename(next)].sort());
  });
});
