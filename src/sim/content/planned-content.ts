/** What a plan's content is, without making or hashing it. */
import { readList } from '../../core/node/store/chunk-files.ts';
import { findChunkFolder } from '../shipped/shipped-files.ts';
import type { PlannedContent, PlannedPeer } from '../plan/plan.ts';
import { generatedChunkBytes } from './generated.ts';

/** Size of chunk i at [i-1], in bytes. */
export function chunkBytesOf(content: PlannedContent): readonly number[] {
  if (content.kind === 'folders') return content.chunkBytes;
  return generatedChunkBytes(content.totalBytes, content.chunkBytes, content.totalChunks);
}

/**
 * Which chunks a peer of this content holds at the start; the lists of given folders are read once.
 *
 * @throws {StoreError} a chunk folder of the plan cannot be read
 */
export function heldAtStart(content: PlannedContent): (holds: PlannedPeer['holds']) => readonly number[] {
  const all = Array.from({ length: content.totalChunks }, (_, at) => at + 1);
  const folders =
    content.kind === 'folders'
      ? content.folders.map((folder) => readList(findChunkFolder(folder)).entries.map(({ index }) => index))
      : [];
  return (holds) => {
    switch (holds.kind) {
      case 'all':
        return all;
      case 'chunks':
        return holds.indices;
      case 'folder':
        return folders[holds.folder]!;
      case 'none':
        return [];
    }
  };
}
