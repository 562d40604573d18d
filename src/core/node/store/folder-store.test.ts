import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder-of-test.ts';
import { StoreError } from '../../errors.ts';
import { createFolder } from '../../../../test/support/empty-folder.ts';
import { draftName, hashFile } from './chunk-files.ts';
import { FolderStore } from './folder-store.ts';

let folder: string;

beforeEach(() => {
  folder = folderOfTest('folder-store-');
});

afterEach(() => {
  vi.useRealTimers();
});

const sha1 = (content: Buffer | string) => createHash('sha1').update(content).digest('hex');
const infoOf = (content: string) => ({ bytes: Buffer.byteLength(content), hash: sha1(content) });
const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
const list = () => readFileSync(join(folder, 'local_chunks.txt'), 'utf8');

function add(store: FolderStore, index: number, content: string) {
  const writer = store.begin(index, {});
  writer.write(Buffer.from(content));
  return writer.commit();
}

describe('opening a folder', () => {
  it('holds the listed chunks under whatever name, with their true size and SHA-1', async () => {
    write('local_chunks.txt', '1, chunk_1\r\n3,third part.bin\r\n3,LASTCHUNK');
    write('chunk_1', 'first');
    write('third part.bin', '');
    write('chunk_2', 'not listed');
    const store = await FolderStore.open(folder);
    expect(store.totalChunks).toBe(3);
    expect(store.heldIndices()).toEqual([1, 3]);
    expect(store.info(1)).toMatchObject(infoOf('first'));
    expect(store.info(2)).toBeUndefined();
    expect(store.info(3)).toMatchObject(infoOf(''));
    store.close();
    expect(list()).toBe('1, chunk_1\r\n3,third part.bin\r\n3,LASTCHUNK');
  });

  it.each([
    ['is missing', () => {}, 'chunk 2: chunk_2 is not in the folder; put it there or remove this line'],
    ['is a folder', () => mkdirSync(join(folder, 'chunk_2')), 'chunk 2: chunk_2 is not a regular file'],
    [
      'is a link out of the folder',
      () => symlinkSync('/etc/passwd', join(folder, 'chunk_2')),
      'chunk 2: chunk_2 is a link that leads out of the folder',
    ],
    [
      'is a link to nothing',
      () => symlinkSync('nothing', join(folder, 'chunk_2')),
      'chunk 2: chunk_2 is not in the folder',
    ],
    [
      'is a link to itself',
      () => symlinkSync('chunk_2', join(folder, 'chunk_2')),
      'its symbolic links form a loop',
    ],
  ])('refuses a listed file that %s, naming list and line', async (_, make, message) => {
    write('local_chunks.txt', '1,chunk_1\n2,chunk_2\n2,LASTCHUNK\n');
    write('chunk_1', 'x');
    make();
    await expect(FolderStore.open(folder)).rejects.toThrow(StoreError);
    await expect(FolderStore.open(folder)).rejects.toThrow(`${join(folder, 'local_chunks.txt')}:2: `);
    await expect(FolderStore.open(folder)).rejects.toThrow(message);
  });

  it('never shows what is behind a list that is a link out of the folder', async () => {
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    write('secret', 'password');
    symlinkSync('../secret', join(inner, 'local_chunks.txt'));
    await expect(FolderStore.open(inner)).rejects.toThrow(
      new StoreError(
        `${join(inner, 'local_chunks.txt')} is a link that leads out of the folder; put the file itself there`,
      ),
    );
    write('list', '2,LASTCHUNK');
    symlinkSync('list', join(folder, 'local_chunks.txt'));
    expect((await FolderStore.open(folder)).totalChunks).toBe(2);
  });

  it('says from where on a folder that does not exist was looked for', async () => {
    await expect(FolderStore.open('nowhere/folder')).rejects.toThrow(
      `cannot open nowhere/folder: it does not exist; it was looked for in ${process.cwd()}`,
    );
  });

  it('follows a link that stays inside', async () => {
    write('local_chunks.txt', '1,chunk_1\n1,LASTCHUNK\n');
    write('content', 'x');
    symlinkSync('content', join(folder, 'chunk_1'));
    const store = await FolderStore.open(folder);
    expect(store.read(1, 0, 1).toString()).toBe('x');
    store.close();
  });

  it('says what is wrong with a folder that is none, or has no list', async () => {
    await expect(FolderStore.open(join(folder, 'none'))).rejects.toThrow(
      /cannot open .*none: it does not exist/,
    );
    await expect(FolderStore.open(folder)).rejects.toThrow(
      /has no local_chunks.txt; for a folder without chunks/,
    );
    write('file', '');
    await expect(FolderStore.open(join(folder, 'file'))).rejects.toThrow('is not a folder');
  });

  it('fetches anew what is not as it is known to be', async () => {
    write('local_chunks.txt', '1,chunk_1\n2,chunk_2\n3,LASTCHUNK\n');
    write('chunk_1', 'right');
    write('chunk_2', 'wrong');
    const knownChunks = [infoOf('right'), infoOf('Wrong'), infoOf('third')];
    const store = await FolderStore.open(folder, { knownChunks });
    expect(store.heldIndices()).toEqual([1]);
    expect(store.damaged).toEqual([2]);
    expect(add(store, 2, 'Wrong')).toEqual(infoOf('Wrong'));
    store.close();
    expect(readFileSync(join(folder, 'chunk_2'), 'utf8')).toBe('Wrong');
  });

  it('takes known chunks of the right size on trust when told not to verify', async () => {
    write('local_chunks.txt', '1,chunk_1\n2,chunk_2\n2,LASTCHUNK\n');
    write('chunk_1', 'Right');
    write('chunk_2', 'short');
    const store = await FolderStore.open(folder, {
      verify: false,
      knownChunks: [infoOf('right'), infoOf('longer')],
    });
    expect(store.info(1)).toMatchObject(infoOf('right'));
    expect(store.damaged).toEqual([2]);
    store.close();
  });

  it('removes the drafts of killed programs, and leaves those of a living one and all other files', async () => {
    createFolder(folder, 3);
    const deadPid = 2 ** 30; // Above what Linux, macOS and Windows give out.
    const dead = [`.chunk_1.${deadPid}.7.part`, `.local_chunks.${deadPid}.part`, draftName(2, 1_000_000)];
    const kept = [`.chunk_1.${process.ppid}.7.part`, 'chunk_2', '.chunk_1.part', 'a.part'];
    for (const name of [...dead, ...kept]) write(name, 'half');
    (await FolderStore.open(folder)).close();
    expect(readdirSync(folder).sort()).toEqual([...kept, 'local_chunks.txt'].sort());
  });
});

describe('reading', () => {
  it('gives any range of a held chunk, and refuses what is outside', async () => {
    createFolder(folder, 20);
    const store = await FolderStore.open(folder);
    for (let index = 1; index <= 20; index++) add(store, index, `content of ${index}`);
    for (let index = 1; index <= 20; index++) {
      expect(store.read(index, 8, 2).toString()).toBe('of');
      expect(store.read(index, 0, 0)).toHaveLength(0);
    }
    expect(() => store.read(1, 5, 10)).toThrow('bytes 5 to 15 of 12');
    expect(() => store.read(1, -1, 2)).toThrow(StoreError);
    expect(() => store.read(1, Number.NaN, 2)).toThrow(StoreError);
    expect(() => store.read(21, 0, 1)).toThrow('does not hold chunk 21');
    store.close();
    expect(() => store.read(1, 0, 1)).toThrow('has been closed');
  });

  it('tells when a chunk was cut short behind its back', async () => {
    createFolder(folder, 1);
    const store = await FolderStore.open(folder);
    add(store, 1, 'content');
    truncateSync(join(folder, 'chunk_1'), 3);
    expect(() => store.read(1, 0, 7)).toThrow('became shorter than 7 bytes');
    store.close();
  });
});

describe('writing', () => {
  it('keeps a chunk only when size and hash are as expected', async () => {
    createFolder(folder, 2);
    const store = await FolderStore.open(folder);
    for (const expected of [{ bytes: 6 }, { hash: sha1('other') }, { bytes: 5, hash: sha1('other') }]) {
      const writer = store.begin(1, expected);
      writer.write(Buffer.from('right'));
      expect(writer.commit()).toBeUndefined();
      expect(store.info(1)).toBeUndefined();
    }
    const writer = store.begin(1, { bytes: 5, hash: sha1('right').toUpperCase() });
    writer.write(Buffer.from('ri'));
    writer.write(Buffer.from('right'), 2);
    expect(writer.writtenBytes).toBe(5);
    expect(writer.commit()).toEqual(infoOf('right'));
    expect(store.begin(2, { bytes: 0 }).commit()).toEqual(infoOf(''));
    store.close();
    expect(readdirSync(folder).sort()).toEqual(['chunk_1', 'chunk_2', 'local_chunks.txt']);
    expect(list()).toBe('1,chunk_1\n2,chunk_2\n2,LASTCHUNK\n');
  });

  it('keeps a chunk only when it is what has come to be agreed on since it was begun', async () => {
    createFolder(folder, 2);
    const store = await FolderStore.open(folder);
    const [wrong, right] = [store.begin(1, {}), store.begin(1, {})];
    for (const writer of [wrong, right]) writer.write(Buffer.from('right'));
    expect(wrong.commit(infoOf('other'))).toBeUndefined();
    expect(store.info(1)).toBeUndefined();
    expect(right.commit(infoOf('right'))).toEqual(infoOf('right'));
    store.close();
    expect(readdirSync(folder).sort()).toEqual(['chunk_1', 'local_chunks.txt']);
  });

  it('does not fill the disk with what is longer than expected', async () => {
    createFolder(folder, 1);
    const store = await FolderStore.open(folder);
    const writer = store.begin(1, { bytes: 10 });
    writer.write(Buffer.alloc(8));
    for (let n = 0; n < 10; n++) writer.write(Buffer.alloc(1000));
    const [draft] = readdirSync(folder).filter((name) => name.endsWith('.part'));
    expect(readFileSync(join(folder, draft!))).toHaveLength(8);
    expect(writer.commit()).toBeUndefined();
    store.close();
  });

  it('lets several writers of one chunk race: the first wins, the others are told its info', async () => {
    createFolder(folder, 1);
    const store = await FolderStore.open(folder);
    const [slow, bad, fast] = [infoOf('same'), infoOf('same'), {}].map((expected) =>
      store.begin(1, expected),
    );
    slow!.write(Buffer.from('sa'));
    bad!.write(Buffer.from('evil'));
    fast!.write(Buffer.from('same'));
    expect(fast!.commit()).toEqual(infoOf('same'));
    slow!.write(Buffer.from('me'));
    expect(slow!.commit()).toMatchObject(infoOf('same'));
    expect(bad!.commit()).toBeUndefined();
    expect(readdirSync(folder).sort()).toEqual(['chunk_1', 'local_chunks.txt']);
    store.close();
  });

  it('lists the last chunk at once: who is killed upon completing is complete when it comes back', async () => {
    createFolder(folder, 2);
    const store = await FolderStore.open(folder);
    add(store, 1, 'a');
    add(store, 2, 'b');
    expect(list()).toBe('1,chunk_1\n2,chunk_2\n2,LASTCHUNK\n');
    store.close();
  });

  it('lists a chunk after its file is in place, at most every quarter of a second', async () => {
    createFolder(folder, 4);
    const store = await FolderStore.open(folder);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    add(store, 1, 'a');
    vi.advanceTimersByTime(200);
    add(store, 2, 'b');
    expect(list()).toBe('4,LASTCHUNK\n');
    expect(existsSync(join(folder, 'chunk_2'))).toBe(true);
    vi.advanceTimersByTime(50);
    expect(list()).toBe('1,chunk_1\n2,chunk_2\n4,LASTCHUNK\n');
    add(store, 3, 'c');
    store.flush();
    expect(list()).toBe('1,chunk_1\n2,chunk_2\n3,chunk_3\n4,LASTCHUNK\n');
    store.close();
  });

  it('replaces an unlisted file or link of the same name, never what a link points to', async () => {
    createFolder(folder, 2);
    write('elsewhere', 'precious');
    write('chunk_1', 'half of another program');
    symlinkSync('elsewhere', join(folder, 'chunk_2'));
    const store = await FolderStore.open(folder);
    add(store, 1, 'one');
    add(store, 2, 'two');
    store.close();
    expect(readFileSync(join(folder, 'elsewhere'), 'utf8')).toBe('precious');
    expect(readFileSync(join(folder, 'chunk_2'), 'utf8')).toBe('two');
  });

  it('forgets what is discarded, or half written at closing', async () => {
    createFolder(folder, 2);
    const store = await FolderStore.open(folder);
    const discarded = store.begin(1, {});
    discarded.write(Buffer.from('x'));
    discarded.discard();
    discarded.discard();
    expect(() => discarded.write(Buffer.from('x'))).toThrow('has been committed or discarded');
    store.begin(2, {}).write(Buffer.from('x'));
    store.close();
    store.close();
    expect(readdirSync(folder)).toEqual(['local_chunks.txt']);
    expect(() => store.begin(1, {})).toThrow('has been closed');
  });

  it('names path and cause when the disk refuses, and leaves no draft', async () => {
    createFolder(folder, 2);
    mkdirSync(join(folder, 'chunk_1'));
    const store = await FolderStore.open(folder);
    expect(() => add(store, 1, 'x')).toThrow(`cannot keep ${join(folder, 'chunk_1')}: it is a folder`);
    expect(readdirSync(folder).sort()).toEqual(['chunk_1', 'local_chunks.txt']);
    expect(store.info(1)).toBeUndefined();
    expect(() => store.begin(3, {})).toThrow('chunk 3 is not in 1 to 2');
    store.close();
  });

  it('tells at the next chunk, and at closing, that the list could not be written', async () => {
    createFolder(folder, 2);
    const store = await FolderStore.open(folder);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    add(store, 1, 'a');
    rmSync(folder, { recursive: true });
    vi.advanceTimersByTime(250);
    expect(() => store.begin(2, {})).toThrow(/cannot write .*local_chunks.txt: it does not exist/);
    expect(() => store.close()).toThrow(StoreError);
  });
});

describe('hashFile', () => {
  it('agrees with the hash of the whole content across many buffers', async () => {
    const content = Buffer.alloc(40 * 1024 * 1024 + 17, 'some text that repeats itself ');
    writeFileSync(join(folder, 'large'), content);
    expect(await hashFile(join(folder, 'large'))).toEqual({ bytes: content.length, hash: sha1(content) });
  });
});
