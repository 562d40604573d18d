import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder-of-test.ts';
import { StoreError } from '../../../core/errors.ts';
import { MIB } from '../../../core/units.ts';
import { machineOf, unified } from '../../machine/machine-fixture.ts';
import { freeBytesOf, makeScratch, roomInMemory } from './scratch.ts';

vi.mock('node:fs', { spy: true });

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
    const room = roomInMemory();
    for (const neededBytes of [0, 1000, room, room + 1]) {
      const { folder: made, inMemory } = makeScratch(neededBytes, room);
      expect(inMemory).toBe(room > 0 && neededBytes <= room);
      expect(dirname(made)).toBe(inMemory ? '/dev/shm' : '/tmp');
      rmSync(made, { recursive: true });
    }
  });

  it('takes no more of memory than a quarter of what a cgroup leaves', () => {
    process.env['TMPDIR'] = '';
    const own = 'sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope';
    const leavesMib = { [`${own}/memory.max`]: `${5 * MIB}`, [`${own}/memory.current`]: `${4 * MIB}` };
    expect(roomInMemory(machineOf({ ...unified, ...leavesMib }))).toBeLessThanOrEqual(MIB / 4);
  });

  /** A folder as a program that was killed has left it. */
  function leftBehind(): string {
    const { pid: deadPid } = spawnSync(process.execPath, ['--version']);
    const mine = makeScratch(0).folder;
    const left = join(folder, basename(mine).replace(String(process.pid), String(deadPid)));
    renameSync(mine, left);
    mkdirSync(join(left, 'peer-1'));
    return left;
  }

  it('is rid of what killed programs left, and of nothing else', () => {
    const left = leftBehind();
    const others = ['swarm-lab-notes', 'elsewhere-999999-a'];
    for (const name of others) mkdirSync(join(folder, name));
    const living = makeScratch(0).folder;
    expect(existsSync(left)).toBe(false);
    const next = makeScratch(0).folder;
    expect(readdirSync(folder).sort()).toEqual([...others, basename(living), basename(next)].sort());
  });

  it('keeps what another user left', () => {
    const left = leftBehind();
    vi.spyOn(process, 'geteuid').mockReturnValue(process.geteuid!() + 1);
    makeScratch(0);
    expect(existsSync(left)).toBe(true);
  });

  it('is made also where what was left cannot be removed, or not even be listed', () => {
    const left = leftBehind();
    const refuse = (): never => {
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    };
    vi.mocked(rmSync).mockImplementationOnce(refuse);
    expect(existsSync(makeScratch(0).folder)).toBe(true);
    expect(existsSync(left)).toBe(true);
    vi.mocked(readdirSync).mockImplementationOnce(refuse);
    expect(existsSync(makeScratch(0).folder)).toBe(true);
    expect(existsSync(left)).toBe(true);
  });

  it('names TMPDIR when no folder can be made in it', () => {
    process.env['TMPDIR'] = join(folder, 'nowhere');
    expect(() => makeScratch(0)).toThrow(StoreError);
    expect(() => makeScratch(0)).toThrow(
      /^cannot create a folder in .*nowhere: it does not exist; set TMPDIR /,
    );
  });
});

it.each([
  ['as much as is free', { bavail: 10 }, 40_960],
  ['a page for each file that may still be made', { ffree: 3 }, 12_288],
  ['as much as is free where files have no limit', { bavail: 10, files: 0, ffree: 0 }, 40_960],
  ['nothing where no file may be made', { ffree: 0 }, 0],
  ['nothing in a file system on a disk', { type: 0xef53 }, 0],
])('a file system in memory has room for %s', (_, stats, bytes) => {
  const roomy = {
    type: 0x01021994,
    bsize: 4096,
    blocks: 1000,
    bfree: 1000,
    bavail: 1000,
    files: 500,
    ffree: 500,
  };
  expect(freeBytesOf({ ...roomy, ...stats })).toBe(bytes);
});
