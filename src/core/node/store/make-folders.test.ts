import { existsSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder-of-test.ts';
import { StoreError } from '../../errors.ts';
import { makeFolders, requireWritable } from './make-folders.ts';

let place: string;
beforeEach(() => {
  place = folderOfTest('folders-');
});

function mistake(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    return (error as StoreError).message;
  }
  throw new Error('nothing was refused');
}

describe('a folder that is asked for', () => {
  it('is made with its parents, or left as it is', () => {
    const folder = join(place, 'a', 'b', 'c');
    expect(makeFolders(folder)).toBe(true);
    writeFileSync(join(folder, 'file'), '');
    expect(makeFolders(`${folder}/`)).toBe(false);
    expect(readdirSync(folder)).toEqual(['file']);
    requireWritable(folder);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('is refused in the words of the user where something else is in its place', () => {
    const file = join(place, 'file');
    writeFileSync(file, '');
    expect(mistake(() => makeFolders(file))).toBe(`cannot create ${file}: it is a file, not a folder`);
    const below = join(file, 'x', 'y');
    expect(mistake(() => makeFolders(below))).toBe(`cannot create ${below}: it is not a folder`);
    const link = join(place, 'link');
    symlinkSync(join(place, 'nowhere'), link);
    expect(mistake(() => makeFolders(link))).toContain(link);
    expect(mistake(() => makeFolders(''))).toContain('its name is empty');
    expect(mistake(() => makeFolders(file, (reason) => `no reports: ${reason}; --out`))).toBe(
      'no reports: it is a file, not a folder; --out',
    );
  });

  it.runIf(existsSync('/proc/self'))('is found out not to take anything, whatever its permissions', () => {
    expect(mistake(() => requireWritable('/proc'))).toBe(
      'cannot write into /proc: no file can be created in /proc',
    );
  });
});
