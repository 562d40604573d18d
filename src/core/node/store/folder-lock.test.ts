import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder-of-test.ts';
import { ConfigError, StoreError } from '../../errors.ts';
import { FolderLock, type LockKind } from './folder-lock.ts';
import { FolderStore } from './folder-store.ts';
import { processStart } from './processes.ts';

let place: string;
let folder: string;
let path: string;
beforeEach(() => {
  place = folderOfTest('folder-lock-');
  folder = join(place, 'folder');
  path = join(folder, '.client.lock');
  mkdirSync(folder);
});

/** The lock as another process would have written it. */
function become(change: Record<string, unknown>): void {
  FolderLock.take(folder);
  const own = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...own, ...change }));
}

/** Lives until it is killed. */
async function anotherProcess(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function killed(child: ChildProcess): Promise<number> {
  child.kill('SIGKILL');
  await once(child, 'exit');
  return child.pid!;
}

describe('a folder that a client works in', () => {
  it('is refused to a second one, which is told the process, until it is released', () => {
    const lock = FolderLock.take(folder);
    expect(() => FolderLock.take(folder)).toThrow(ConfigError);
    expect(() => FolderLock.take(folder)).toThrow(
      `${folder} is in use by another client (process ${process.pid}); stop that one`,
    );
    lock.release();
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    FolderLock.take(folder).release();
  });

  it('is refused also after it was moved, but a copy of it is free', () => {
    const lock = FolderLock.take(folder);
    const copy = join(place, 'copy');
    cpSync(folder, copy, { recursive: true });
    FolderLock.take(copy);
    const moved = join(place, 'moved');
    renameSync(folder, moved);
    expect(() => FolderLock.take(moved)).toThrow(ConfigError);
    lock.release();
  });

  it('is taken over from a client that was killed', async () => {
    become({ pid: await killed(await anotherProcess()) });
    const lock = FolderLock.take(folder);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    expect(readdirSync(folder)).toEqual(['.client.lock']);
    lock.release();
  });

  it.runIf(process.platform === 'linux')(
    'is taken over where another has got the number of the dead',
    async () => {
      const { pid } = await anotherProcess();
      // It began at another time than the one that is noted.
      become({ pid });
      expect(() => FolderLock.take(folder)).not.toThrow();
    },
  );

  it('is taken over from a lock that says nothing, unless that is so new that it may be being written', () => {
    writeFileSync(path, '');
    expect(() => FolderLock.take(folder)).toThrow(ConfigError);
    utimesSync(path, new Date(), new Date(Date.now() - 60_000));
    expect(() => FolderLock.take(folder)).not.toThrow();
  });

  it('keeps the lock of another that took it over', () => {
    const lock = FolderLock.take(folder);
    writeFileSync(path, 'of another');
    lock.release();
    expect(readFileSync(path, 'utf8')).toBe('of another');
  });

  it.each(['nowhere', 'other'])('that is a link is told as what it is (%s)', (target) => {
    writeFileSync(join(folder, 'other'), '');
    symlinkSync(target, path);
    expect(() => FolderLock.take(folder)).toThrow(
      new StoreError(`${path} is a link, but a program writes its lock there; remove it`),
    );
    expect(readlinkSync(path)).toBe(target);
  });

  it('is not taken away by who has found the former one: that waits for who is at it', async () => {
    become({ pid: await killed(await anotherProcess()) });
    const guard = `${path}.part`;
    const left = readFileSync(path, 'utf8');
    const pid = (await anotherProcess()).pid!;
    writeFileSync(guard, JSON.stringify({ ...JSON.parse(left), pid, since: processStart(pid) }));
    expect(() => FolderLock.take(folder)).toThrow('several start at once');
    expect(readFileSync(path, 'utf8')).toBe(left);
    // Killed while it was at it.
    writeFileSync(guard, left);
    expect(() => FolderLock.take(folder)).not.toThrow();
    expect(readdirSync(folder)).toEqual(['.client.lock']);
  });

  it('that cannot take a file, or is none, is an error of another kind', () => {
    expect(() => FolderLock.take(join(place, 'nowhere'))).toThrow(StoreError);
  });
});

describe('a folder that several machines share', () => {
  const kindOf = (host: string, judge: string): LockKind => ({
    name: '.lock',
    host,
    judge,
    refusal: (_, holder) => new ConfigError(`held by ${holder}`),
  });

  it('is refused to whoever has another judge, also on another machine, and neither asking nor a refusal takes it', () => {
    const lock = FolderLock.take(folder, kindOf('host-1', 'a'));
    const held = readFileSync(join(folder, '.lock'), 'utf8');
    for (const host of ['host-1', 'host-2']) {
      const other = kindOf(host, 'b');
      const refusal = `held by process ${process.pid} on host-1`;
      expect(() => FolderLock.take(folder, other)).toThrow(refusal);
      expect(() => FolderLock.requireFree(folder, other)).toThrow(refusal);
    }
    expect(readFileSync(join(folder, '.lock'), 'utf8')).toBe(held);
    lock.release();
    FolderLock.requireFree(folder, kindOf('host-2', 'b'));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over by who has the same judge, wherever it is, and then kept when the former one lets it go', () => {
    const former = FolderLock.take(folder, kindOf('host-1', 'a'));
    const lock = FolderLock.take(folder, kindOf('host-2', 'a'));
    former.release();
    expect(() => FolderLock.take(folder, kindOf('host-2', 'b'))).toThrow('on host-2');
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });
});

it('a lock does not hinder who opens the store without one, and is no chunk', async () => {
  writeFileSync(join(folder, 'local_chunks.txt'), '2,LASTCHUNK\n');
  FolderLock.take(folder);
  const store = await FolderStore.open(folder);
  expect(store.heldIndices()).toEqual([]);
  store.close();
  writeFileSync(join(folder, 'local_chunks.txt'), '1,.client.lock\n2,LASTCHUNK\n');
  await expect(FolderStore.open(folder)).rejects.toThrow(/the programs need for themselves/);
});
