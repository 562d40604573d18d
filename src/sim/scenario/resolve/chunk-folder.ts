/** What the laboratory must know of a chunk folder before a run. */
import { checkListedFile, readList } from '../../../core/node/store/chunk-files.ts';
import { findChunkFolder } from '../../shipped/shipped-files.ts';
import type { ChunkFolder } from '../language/scenario.ts';

/** Replaceable, so that a scenario can be validated without a disk. */
export type FolderReader = (path: string) => ChunkFolder;

/**
 * Reads local_chunks.txt and the sizes of the files it lists.
 *
 * @param path as written; see `findChunkFolder`
 * @throws {StoreError} naming file, line and fix
 */
export function readChunkFolder(path: string): ChunkFolder {
  const folder = findChunkFolder(path);
  const { totalChunks, entries } = readList(folder);
  const chunks = new Map(entries.map((entry) => [entry.index, checkListedFile(folder, entry)]));
  return { path, totalChunks, chunks };
}
