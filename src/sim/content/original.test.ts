import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderOfTest } from '../../../test/support/folder-of-test.ts';
import { ConfigError, StoreError } from '../../core/errors.ts';
import { makeOriginal } from './original.ts';

let folder: string;
beforeEach(() => {
  folder = folderOfTest('original-test-');
  mkdirSync(join(folder, 'target'));
});

const never = new AbortController().signal;
const sha1 = (bytes: string | Buffer): string => createHash('sha1').update(bytes).digest('hex');

/** A given chunk folder whose files are called `part<index>`. */
function given(name: string, totalChunks: number, chunks: Readonly<Record<number, string>>): string {
  const path = join(folder, name);
  mkdirSync(path);
  const lines = Object.keys(chunks).map((index) => `${index},part${index}`);
  writeFileSync(join(path, 'local_chunks.txt'), [...lines, `${totalChunks},LASTCHUNK`, ''].join('\n'));
  for (const [index, text] of Object.entries(chunks)) writeFileSync(join(path, `part${index}`), text);
  return path;
}

describe('content from given folders', () => {
  const make = (folders: readonly string[], totalChunks: number, signal = never) =>
    makeOriginal(
      { kind: 'folders', folders, totalChunks, chunkBytes: [] },
      [],
      join(folder, 'target'),
      signal,
    );

  it('is the union of the folders, and each folder is what its peer holds', async () => {
    const folders = [given('a', 3, { 1: 'one', 2: 'two' }), given('b', 3, { 2: 'two', 3: 'three' })];
    const original = await make(folders, 3);
    expect(original.chunks).toEqual(
      ['one', 'two', 'three'].map((text) => ({ bytes: text.length, hash: sha1(text) })),
    );
    const second = original.heldBy({ kind: 'folder', folder: 1 });
    expect(second.map(({ index, name }) => [index, name])).toEqual([
      [2, 'part2'],
      [3, 'part3'],
    ]);
    const all = original.heldBy({ kind: 'all' });
    expect(all.map(({ path }) => readFileSync(path, 'utf8'))).toEqual(['one', 'two', 'three']);
    expect(all.map(({ name }) => name)).toEqual(['chunk_1', 'chunk_2', 'chunk_3']);
  });

  it('leaves the given folders as they are', async () => {
    const path = given('a', 1, { 1: 'one' });
    const before = readdirSync(path);
    await make([path], 1);
    expect(readdirSync(path)).toEqual(before);
  });

  it('refuses folders that disagree about a chunk, naming both', async () => {
    const folders = [given('a', 1, { 1: 'one' }), given('b', 1, { 1: 'ONE' })];
    await expect(make(folders, 1)).rejects.toThrow(ConfigError);
    rmSync(join(folder, 'target'), { recursive: true });
    mkdirSync(join(folder, 'target'));
    await expect(make(folders, 1)).rejects.toThrow(/chunk 1 is one thing in .*\/a and another in .*\/b/);
  });

  it('says in a line what could not be copied where', async () => {
    // It is asked right before each copy.
    const removing = Object.assign(new AbortController().signal, {
      throwIfAborted: () => rmSync(join(folder, 'target'), { recursive: true }),
    });
    const making = make([given('a', 1, { 1: 'one' })], 1, removing);
    await expect(making).rejects.toThrow(StoreError);
    await expect(making).rejects.toThrow(/^cannot copy .*a\/part1 to .*target\/1\/part1: it does not exist$/);
  });

  it('refuses folders that all lack a chunk', async () => {
    await expect(make([given('a', 2, { 1: 'one' })], 2)).rejects.toThrow(
      /chunk 2 of 2 is in none of the folders/,
    );
  });
});

describe('generated content', () => {
  const content = { kind: 'generated', totalChunks: 3, totalBytes: 25, chunkBytes: 10, seed: 's' } as const;

  it('is the same for the same seed, whoever holds it', async () => {
    const held = await makeOriginal(content, [{ kind: 'all' }], join(folder, 'target'), never);
    mkdirSync(join(folder, 'again'));
    const unheld = await makeOriginal(content, [{ kind: 'none' }], join(folder, 'again'), never);
    expect(held.chunks).toEqual(unheld.chunks);
    expect(held.chunks.map(({ bytes }) => bytes)).toEqual([10, 10, 5]);
    for (const { index, path } of held.heldBy({ kind: 'all' })) {
      expect(sha1(readFileSync(path))).toBe(held.chunks[index - 1]!.hash);
    }
  });

  it('is written only as far as somebody holds it', async () => {
    const holds = { kind: 'chunks', indices: [2] } as const;
    const original = await makeOriginal(content, [holds, { kind: 'none' }], join(folder, 'target'), never);
    expect(readdirSync(join(folder, 'target'))).toEqual(['chunk_2']);
    expect(original.heldBy(holds).map(({ index }) => index)).toEqual([2]);
  });

  it('stops when the run is interrupted', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(makeOriginal(content, [], join(folder, 'target'), stopped)).rejects.toThrow('stopped');
  });
});
