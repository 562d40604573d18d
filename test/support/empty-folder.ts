import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolders } from '../../src/core/node/store/make-folders.ts';
import { LIST_NAME, formatLocalChunks } from '../../src/core/node/store/local-chunks.ts';

/** Makes a chunk folder that holds none of `totalChunks` chunks, with its parents where they lack. */
export function createFolder(folder: string, totalChunks: number): void {
  makeFolders(folder);
  writeFileSync(join(folder, LIST_NAME), formatLocalChunks(totalChunks, []), { flag: 'wx' });
}
