/** The files of a chunk folder: which may be read, what they contain, and what a killed program left behind. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  lstatSync,
  readSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { isAbsolute, join, sep } from 'node:path';
import { StoreError } from '../../errors.ts';
import type { ChunkInfo } from '../../interfaces.ts';
import { MIB } from '../../units.ts';
import { LIST_NAME, chunkName, formatLocalChunks, parseLocalChunks } from './local-chunks.ts';
import type { LocalChunk, LocalChunks } from './local-chunks.ts';
import { Pace } from '../yielding.ts';
import { isOtherLivingProcess } from './processes.ts';
import { openRegular } from './regular-file.ts';
import { readTextFile } from './text-file.ts';
import { errnoOf, onDisk, storeError } from './store-errors.ts';

/** A longest possible list of the largest total stays below it. */
const LIST_BYTES_MAX = 400 * MIB;
const READ_BUFFER_BYTES = MIB;

/** @throws {StoreError} no folder, no list, or a list with a mistake */
export function readList(folder: string): LocalChunks {
  const path = join(folder, LIST_NAME);
  requireFolder(folder);
  let text: string;
  try {
    if (lstatSync(path).isSymbolicLink() && leadsOut(folder, path)) {
      throw new StoreError(`${path} is a link that leads out of the folder; put the file itself there`);
    }
    const list = statSync(path);
    if (!list.isFile()) throw new StoreError(`${path} is not a regular file`);
    if (list.size > LIST_BYTES_MAX) throw new StoreError(`${path} is too large to be a list of chunks`);
    text = readTextFile(path);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    if (errnoOf(error) !== 'ENOENT') throw storeError('read', path, error);
    throw new StoreError(
      `${folder} has no ${LIST_NAME}; for a folder without chunks write the line <total>,LASTCHUNK into it`,
      { cause: error },
    );
  }
  return parseLocalChunks(text, path);
}

function requireFolder(folder: string): void {
  const about = onDisk('open', folder, () => statSync(folder, { throwIfNoEntry: false }));
  if (about === undefined) {
    const from = isAbsolute(folder) ? '' : `; it was looked for in ${process.cwd()}`;
    throw new StoreError(`cannot open ${folder}: it does not exist${from}`);
  }
  if (!about.isDirectory()) throw new StoreError(`${folder} is not a folder`);
}

/** Whether a link in the folder leads elsewhere. */
function leadsOut(folder: string, path: string): boolean {
  return !realpathSync(path).startsWith(realpathSync(folder) + sep);
}

/** Replaces the list in one step, so that a reader sees the old one or the new one. */
export function writeList(
  folder: string,
  totalChunks: number,
  entries: Iterable<Pick<LocalChunk, 'index' | 'name'>>,
): void {
  const path = join(folder, LIST_NAME);
  const draft = join(folder, `.local_chunks.${process.pid}.part`);
  onDisk('write', path, () => {
    writeFileSync(draft, formatLocalChunks(totalChunks, entries));
    renameSync(draft, path);
  });
}

/** A name for a chunk that is being written, told from every other one of this process by `serial`. */
export function draftName(index: number, serial: number): string {
  return `.${chunkName(index)}.${process.pid}.${serial}.part`;
}

const DRAFT = /^\.(?:chunk_\d+|local_chunks|client\.lock)\.(\d+)(?:\.\d+)?\.part$/;

/** Removes what an earlier program was writing when it was killed, but nothing of one that still lives. */
export function removeLeftDrafts(folder: string): void {
  for (const name of onDisk('read', folder, () => readdirSync(folder))) {
    const match = DRAFT.exec(name);
    if (match === null || isOtherLivingProcess(Number(match[1]))) continue;
    const path = join(folder, name);
    onDisk('remove', path, () => rmSync(path, { force: true }));
  }
}

/**
 * The size of a listed chunk's file.
 *
 * @throws {StoreError} naming list and line: missing, not a regular file, or a link out of the folder
 */
export function checkListedFile(folder: string, { index, name, line }: LocalChunk): number {
  const path = join(folder, name);
  const fail = (problem: string, cause?: unknown) =>
    new StoreError(`${join(folder, LIST_NAME)}:${line}: chunk ${index}: ${name} ${problem}`, { cause });
  try {
    let about = lstatSync(path);
    if (about.isSymbolicLink()) {
      if (leadsOut(folder, path)) {
        throw fail('is a link that leads out of the folder; put the file itself there');
      }
      about = statSync(path);
    }
    if (!about.isFile()) throw fail('is not a regular file');
    return about.size;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    if (errnoOf(error) === 'ENOENT') {
      throw fail('is not in the folder; put it there or remove this line to download the chunk', error);
    }
    throw fail(`cannot be read: ${storeError('read', path, error).message}`, error);
  }
}

/** Reads a chunk once, in constant memory, and tells what it is. @throws {StoreError} disk error */
export async function hashFile(
  path: string,
  buffer = newReadBuffer(),
  pace = new Pace(Infinity),
): Promise<ChunkInfo> {
  const hash = createHash('sha1');
  const descriptor = openRegular(path);
  try {
    let bytes = 0;
    for (;;) {
      const count = onDisk('read', path, () => readSync(descriptor, buffer));
      if (count === 0) return { bytes, hash: hash.digest('hex') };
      hash.update(count === buffer.length ? buffer : buffer.subarray(0, count));
      bytes += count;
      await pace.add(count);
    }
  } finally {
    closeSync(descriptor);
  }
}

export function newReadBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
}
