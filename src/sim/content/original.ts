/** The content of a run as files, from which the peers' folders are made and against which they are verified. */
import { createHash } from 'node:crypto';
import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ConfigError } from '../../core/errors.ts';
import type { ChunkInfo } from '../../core/interfaces.ts';
import { checkListedFile, hashFile, readList } from '../../core/node/store/chunk-files.ts';
import { chunkName } from '../../core/node/store/local-chunks.ts';
import { writeWhole } from '../../core/node/store/plain-file.ts';
import { onDisk, storeError } from '../../core/node/store/store-errors.ts';
import { findChunkFolder } from '../shipped/shipped-files.ts';
import type { PlannedContent, PlannedPeer } from '../plan/plan.ts';
import { generateChunk, generatedChunkBytes } from './generated.ts';

export interface ChunkFile {
  readonly index: number;
  /** How the file is called in a peer's folder. */
  readonly name: string;
  readonly path: string;
}

export interface Original {
  /** Chunk i at [i-1]. */
  readonly chunks: readonly ChunkInfo[];
  /** The files that a peer holds at the start. */
  heldBy(holds: PlannedPeer['holds']): readonly ChunkFile[];
}

/**
 * Makes the content below `folder`, which must exist. Given folders are read, never written to.
 *
 * @param holders who holds what at the start: only chunks that somebody holds are kept as files
 * @throws {ConfigError} folders that disagree about a chunk, or lack one
 * @throws {StoreError} a folder that cannot be read, or no room for the content
 * @throws the signal's reason when it is aborted meanwhile
 */
export function makeOriginal(
  content: PlannedContent,
  holders: readonly PlannedPeer['holds'][],
  folder: string,
  signal: AbortSignal,
): Promise<Original> {
  return content.kind === 'folders'
    ? copyFolders(content, folder, signal)
    : generate(content, holders, folder, signal);
}

async function generate(
  content: PlannedContent & { readonly kind: 'generated' },
  holders: readonly PlannedPeer['holds'][],
  folder: string,
  signal: AbortSignal,
): Promise<Original> {
  const { totalChunks, totalBytes, chunkBytes, seed } = content;
  const everythingHeld = holders.some((holds) => holds.kind === 'all');
  const held = new Set(holders.flatMap((holds) => (holds.kind === 'chunks' ? holds.indices : [])));
  const chunks: ChunkInfo[] = [];
  const files: ChunkFile[] = [];
  for (const [at, bytes] of generatedChunkBytes(totalBytes, chunkBytes, totalChunks).entries()) {
    const index = at + 1;
    const name = chunkName(index);
    const file = { index, name, path: join(folder, name) };
    files.push(file);
    const keep = everythingHeld || held.has(index);
    chunks.push({ bytes, hash: await writeChunk(keep ? file.path : undefined, seed, index, bytes, signal) });
  }
  return { chunks, heldBy: (holds) => selected(holds, files) };
}

/** Gives way between pieces, so that an interrupt is heard. Returns the hash. */
async function writeChunk(
  path: string | undefined,
  seed: string,
  index: number,
  bytes: number,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha1');
  const descriptor = path === undefined ? undefined : onDisk('write', path, () => openSync(path, 'wx'));
  try {
    for (const piece of generateChunk(seed, index, bytes)) {
      signal.throwIfAborted();
      hash.update(piece);
      if (descriptor !== undefined) onDisk('write', path!, () => writeWhole(descriptor, piece));
      await setImmediate();
    }
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
  return hash.digest('hex');
}

async function copyFolders(
  content: PlannedContent & { readonly kind: 'folders' },
  folder: string,
  signal: AbortSignal,
): Promise<Original> {
  const first = new Map<number, { info: ChunkInfo; file: ChunkFile; given: string }>();
  const copies: ChunkFile[][] = [];
  for (const [position, written] of content.folders.entries()) {
    const given = findChunkFolder(written);
    const target = join(folder, String(position + 1));
    onDisk('create', target, () => mkdirSync(target));
    const copied: ChunkFile[] = [];
    for (const entry of readList(given).entries) {
      signal.throwIfAborted();
      checkListedFile(given, entry);
      const file = { index: entry.index, name: entry.name, path: join(target, entry.name) };
      await copyGiven(join(given, entry.name), file.path);
      const info = await hashFile(file.path);
      const earlier = first.get(entry.index);
      if (earlier !== undefined && earlier.info.hash !== info.hash) {
        throw new ConfigError(
          `chunk ${entry.index} is one thing in ${earlier.given} and another in ${given}; ` +
            `the folders of a scenario must be parts of one file`,
        );
      }
      if (earlier === undefined) first.set(entry.index, { info, file, given });
      copied.push(file);
    }
    copies.push(copied);
  }
  const union = Array.from({ length: content.totalChunks }, (_, at) => {
    const found = first.get(at + 1);
    if (found !== undefined) return found;
    throw new ConfigError(
      `chunk ${at + 1} of ${content.totalChunks} is in none of the folders ${content.folders.join(', ')}`,
    );
  });
  const files = union.map(({ file }) => ({ ...file, name: chunkName(file.index) }));
  return {
    chunks: union.map(({ info }) => info),
    heldBy: (holds) => (holds.kind === 'folder' ? (copies[holds.folder] ?? []) : selected(holds, files)),
  };
}

async function copyGiven(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (cause) {
    throw storeError(`copy ${from} to`, to, cause);
  }
}

function selected(holds: PlannedPeer['holds'], files: readonly ChunkFile[]): readonly ChunkFile[] {
  switch (holds.kind) {
    case 'all':
      return files;
    case 'chunks':
      return holds.indices.map((index) => files[index - 1]!);
    case 'none':
      return [];
    case 'folder':
      throw new ConfigError('only a scenario whose content is folders has peers that hold a folder');
  }
}
