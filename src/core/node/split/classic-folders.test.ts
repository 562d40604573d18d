import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, it } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder-of-test.ts';
import { parseLocalChunks } from '../store/local-chunks.ts';
import { splitFile } from './split.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const picture = join(root, 'docs/assets/swarm.png');
const names = ['folder1', 'folder2', 'folder3'];
const listOf = (folder: string) =>
  parseLocalChunks(readFileSync(join(folder, 'local_chunks.txt'), 'utf8'), `${folder}/local_chunks.txt`);

let place: string;

beforeEach(() => {
  place = folderOfTest('classic-folders-');
});

it('the classic folders together are the picture, and every chunk is in two of the three', () => {
  const chunks = new Map<number, Buffer[]>();
  for (const name of names) {
    const folder = join(root, 'folders', name);
    const { totalChunks, entries } = listOf(folder);
    expect(totalChunks).toBe(12);
    expect(entries.length).toBeLessThan(12);
    for (const { index, name: file } of entries) {
      expect(file).toBe(`chunk_${index}`);
      chunks.set(index, [...(chunks.get(index) ?? []), readFileSync(join(folder, file))]);
    }
  }
  const union = Array.from({ length: 12 }, (_, at) => {
    const copies = chunks.get(at + 1)!;
    expect(copies).toHaveLength(2);
    expect(Buffer.compare(copies[0]!, copies[1]!)).toBe(0);
    return copies[0]!;
  });
  expect(Buffer.compare(Buffer.concat(union), readFileSync(picture))).toBe(0);
});

it('splitting the picture again gives the classic folders, byte by byte', async () => {
  const out = join(place, 'folders');
  await splitFile({ file: picture, out, chunkBytes: 26 * 1024, peers: 3, overlap: 2, seed: '1' });
  for (const name of names) {
    const [made, kept] = [join(out, name), join(root, 'folders', name)];
    expect(readdirSync(made)).toEqual(readdirSync(kept));
    for (const file of readdirSync(made)) {
      expect(Buffer.compare(readFileSync(join(made, file)), readFileSync(join(kept, file)))).toBe(0);
    }
  }
  expect(readFileSync(join(out, 'split.json'), 'utf8')).toBe(
    readFileSync(join(root, 'folders/split.json'), 'utf8'),
  );
});
