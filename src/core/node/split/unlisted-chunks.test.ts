import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder-of-test.ts';
import { joinFolder } from './join.ts';
import { splitFile } from './split.ts';

const content = Buffer.from('the content of a file that has four chunks');
let place: string;
let folder: string;
const list = (...lines: string[]) => writeFileSync(join(folder, 'local_chunks.txt'), `${lines.join('\n')}\n`);

beforeEach(async () => {
  place = folderOfTest('unlisted-');
  const [file, out] = [join(place, 'original'), join(place, 'out')];
  writeFileSync(file, content);
  await splitFile({ file, out, chunkBytes: 12, peers: 1, overlap: 'seeder', seed: '1' });
  folder = join(out, 'folder1');
});

describe('chunks that lie in the folder but not in its list, as most programs of others leave it', () => {
  it('are taken, and the whole is checked against split.json', async () => {
    list('1,chunk_1', '3,chunk_3', '4,LASTCHUNK');
    const result = await joinFolder({ folder, file: join(place, 'joined') });
    expect(result).toMatchObject({ state: 'joined', checkedBy: 'split.json', unlisted: [2, 4] });
    expect(readFileSync(join(place, 'joined'))).toEqual(content);
  });

  it('are not kept when the whole is another content', async () => {
    list('1,chunk_1', '3,chunk_3', '4,LASTCHUNK');
    writeFileSync(join(folder, 'chunk_2'), 'twelve bytes');
    expect((await joinFolder({ folder, file: join(place, 'joined') })).state).toBe('different');
  });

  it('of a size that they cannot have are not taken: broken off, with a length before them, or empty', async () => {
    list('1,chunk_1', '4,LASTCHUNK');
    writeFileSync(join(folder, 'chunk_2'), 'cut off');
    writeFileSync(join(folder, 'chunk_3'), '\0\0\0\u000ctwelve bytes');
    writeFileSync(join(folder, 'chunk_4'), '');
    expect(await joinFolder({ folder, file: join(place, 'joined') })).toMatchObject({
      state: 'incomplete',
      missing: [2, 3, 4],
      misfits: [{ index: 2 }, { index: 3 }, { index: 4 }],
      usualBytes: 12,
    });
  });
});
