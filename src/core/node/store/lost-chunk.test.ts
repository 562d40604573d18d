import { mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder-of-test.ts';
import { FolderStore } from './folder-store.ts';

let folder: string;
beforeEach(() => {
  folder = join(folderOfTest('lost-chunk'), 'folder');
  mkdirSync(folder);
  writeFileSync(join(folder, 'local_chunks.txt'), '1,chunk_1\n2,of another name\n3,LASTCHUNK\n');
  writeFileSync(join(folder, 'chunk_1'), 'one');
  writeFileSync(join(folder, 'of another name'), 'two');
});

function path(name: string): string {
  return join(folder, name);
}

describe('a chunk whose file changes behind the back of the store', () => {
  const mishaps: Record<string, () => void> = {
    'is removed': () => rmSync(path('of another name')),
    'is cut short': () => truncateSync(path('of another name'), 1),
    'gives way to a folder': () => {
      rmSync(path('of another name'));
      mkdirSync(path('of another name'));
    },
    'goes with the whole folder': () => renameSync(folder, `${folder} elsewhere`),
  };
  for (const [mishap, happen] of Object.entries(mishaps)) {
    it(`is held no more when it ${mishap}`, async () => {
      const store = await FolderStore.open(folder);
      happen();
      expect(() => store.read(2, 0, 3)).toThrow(path('of another name'));
      expect(store.info(2)).toBeUndefined();
      expect(() => store.read(2, 0, 3)).toThrow('does not hold chunk 2');
    });
  }

  it('is listed no more, so that the folder opens again', async () => {
    const store = await FolderStore.open(folder);
    rmSync(path('of another name'));
    expect(() => store.read(2, 0, 3)).toThrow('it does not exist');
    store.close();
    expect(readFileSync(path('local_chunks.txt'), 'utf8')).toBe('1,chunk_1\n3,LASTCHUNK\n');
    expect((await FolderStore.open(folder)).heldIndices()).toEqual([1]);
  });

  it('is read from its new file when it has come anew', async () => {
    const store = await FolderStore.open(folder);
    expect(store.read(1, 0, 3).toString()).toBe('one');
    truncateSync(path('chunk_1'), 1);
    expect(() => store.read(1, 0, 3)).toThrow('became shorter');
    const writer = store.begin(1, {});
    writer.write(Buffer.from('one'));
    writer.commit();
    expect(store.read(1, 0, 3).toString()).toBe('one');
    store.close();
  });
});

it('a range that is not in the chunk does not lose it', async () => {
  const store = await FolderStore.open(folder);
  expect(() => store.read(1, 2, 2)).toThrow('bytes 2 to 4 of 3');
  expect(store.info(1)).toBeDefined();
});
