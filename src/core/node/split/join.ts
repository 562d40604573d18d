/** Puts the chunks of a complete folder back together, in constant memory. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  lstatSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ConfigError, StoreError } from '../../errors.ts';
import { checkListedFile, newReadBuffer, readList } from '../store/chunk-files.ts';
import { Pace } from '../yielding.ts';
import type { PaceOptions } from '../yielding.ts';
import { PlainFile } from '../store/plain-file.ts';
import { readSplitRecord, recordPath } from './split-record.ts';
import type { SplitRecord } from './split-record.ts';
import { openRegular } from '../store/regular-file.ts';
import { findUnlisted, type UnlistedChunk } from './unlisted-chunks.ts';
import { errnoOf, onDisk, storeError } from '../store/store-errors.ts';

export interface JoinOptions extends PaceOptions {
  readonly folder: string;
  /** Where the content goes. */
  readonly file: string;
  /** Replaces an existing file. Default false. */
  readonly force?: boolean;
  /** What the content should be, hex; else it is looked up in the `split.json` beside the folder. */
  readonly sha256?: string;
}

export type JoinResult =
  | {
      readonly state: 'joined';
      readonly bytes: number;
      readonly sha256: string;
      /** What the content was compared with. */
      readonly checkedBy: 'option' | 'split.json' | 'nothing';
      /** Chunks that are not in the list, and whose files were taken. */
      readonly unlisted: readonly number[];
    }
  /** Nothing was written. */
  | {
      readonly state: 'incomplete';
      readonly totalChunks: number;
      readonly missing: readonly number[];
      /** Files of missing chunks whose size cannot be right, and the right one. */
      readonly misfits: readonly UnlistedChunk[];
      readonly usualBytes: number | undefined;
    }
  /** Nothing was kept. */
  | {
      readonly state: 'different';
      readonly sha256: string;
      readonly expectedSha256: string;
      /** The chunks that are not as `split.json` says, ascending; empty where it does not tell. */
      readonly spoilt: readonly number[];
    };

/**
 * The file appears under its name when it is whole and, where that can be told, right.
 *
 * @throws {ConfigError} the file exists, lies in the folder, or is the record of the split
 * @throws {StoreError} the folder cannot be read, or the file not be written
 */
export async function joinFolder(options: JoinOptions): Promise<JoinResult> {
  const { folder, file, force = false } = options;
  const { totalChunks, entries } = readList(folder);
  const sizes = entries.map((entry) => checkListedFile(folder, entry));
  const nameOf = new Map(entries.map(({ index, name }) => [index, name]));
  const lacking = (): number[] =>
    Array.from({ length: totalChunks }, (_, at) => at + 1).filter((index) => !nameOf.has(index));
  const listed = new Map(entries.map(({ index }, at) => [index, sizes[at]!]));
  const { found, misfits, usualBytes } = findUnlisted(folder, lacking(), listed, totalChunks);
  for (const { index, name, bytes } of found) {
    nameOf.set(index, name);
    sizes.push(bytes);
  }
  const unlisted = found.map(({ index }) => index);
  if (nameOf.size < totalChunks) {
    return { state: 'incomplete', totalChunks, missing: lacking(), misfits, usualBytes };
  }
  const record = recordFor(options, totalChunks);
  const expectedSha256 = (options.sha256 ?? record?.sha256)?.toLowerCase();
  refuseInside(folder, file);
  refuseExisting(file, force);
  refuseRecord(folder, file);
  const paths = Array.from({ length: totalChunks }, (_, at) => join(folder, nameOf.get(at + 1)!));
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}.part`);
  const target = new PlainFile(draft, file);
  try {
    const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
    const { bytes, sha256, chunkSha1 } = await concatenate(paths, target, new Pace(totalBytes, options));
    if (expectedSha256 !== undefined && sha256 !== expectedSha256) {
      return { state: 'different', sha256, expectedSha256, spoilt: differing(chunkSha1, record?.chunkSha1) };
    }
    onDisk('write', file, () => renameSync(draft, file));
    const checkedBy =
      options.sha256 !== undefined ? 'option' : record !== undefined ? 'split.json' : 'nothing';
    return { state: 'joined', bytes, sha256, checkedBy, unlisted };
  } finally {
    target.close();
    rmSync(draft, { force: true });
  }
}

/** @throws {StoreError} it is damaged, and the content is compared with nothing else */
function recordFor({ folder, sha256 }: JoinOptions, totalChunks: number): SplitRecord | undefined {
  if (sha256 === undefined) return readSplitRecord(folder, totalChunks);
  try {
    const record = readSplitRecord(folder, totalChunks);
    return record?.sha256 === sha256.toLowerCase() ? record : undefined;
  } catch (error) {
    // It would only say which chunk is spoilt.
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}

function differing(found: readonly string[], expected: readonly string[] | undefined): number[] {
  if (expected === undefined) return [];
  return found.flatMap((sha1, at) => (sha1 === expected[at] ? [] : [at + 1]));
}

/** The chunk folder is only read: the file must not take the place of a chunk or of the list. */
function refuseInside(folder: string, file: string): void {
  if (realParent(file) !== realpathSync(folder)) return;
  throw new ConfigError(
    `${file} is in the chunk folder ${folder}, which join only reads; name a file elsewhere`,
  );
}

function realParent(file: string): string {
  const parent = dirname(file);
  try {
    if (statSync(parent).isDirectory()) return realpathSync(parent);
  } catch (cause) {
    if (errnoOf(cause) !== 'ENOENT') throw storeError('write', file, cause);
    throw new StoreError(`cannot write ${file}: there is no folder ${parent}; make it first`, { cause });
  }
  throw new StoreError(`cannot write ${file}: ${parent} is a file, not a folder`);
}

function refuseExisting(file: string, force: boolean): void {
  const about = onDisk('write', file, () => lstatSync(file, { throwIfNoEntry: false }));
  if (about?.isDirectory()) throw new ConfigError(`${file} is a folder; name the file to write`);
  if (about !== undefined && !force) throw new ConfigError(`${file} exists; use --force to replace it`);
}

/** Without it nothing could be checked any more. */
function refuseRecord(folder: string, file: string): void {
  const record = recordPath(folder);
  if (!existsSync(file) || !existsSync(record) || realpathSync(file) !== realpathSync(record)) return;
  throw new ConfigError(`${file} is the record of the split, which join only reads; name another file`);
}

async function concatenate(
  paths: readonly string[],
  target: PlainFile,
  pace: Pace,
): Promise<{ bytes: number; sha256: string; chunkSha1: string[] }> {
  const hash = createHash('sha256');
  const buffer = newReadBuffer();
  const chunkSha1: string[] = [];
  let bytes = 0;
  for (const path of paths) {
    const chunkHash = createHash('sha1');
    const source = openRegular(path);
    try {
      for (;;) {
        const count = onDisk('read', path, () => readSync(source, buffer));
        if (count === 0) break;
        const piece = buffer.subarray(0, count);
        hash.update(piece);
        chunkHash.update(piece);
        target.write(piece);
        bytes += count;
        await pace.add(count);
      }
    } finally {
      closeSync(source);
    }
    chunkSha1.push(chunkHash.digest('hex'));
  }
  return { bytes, sha256: hash.digest('hex'), chunkSha1 };
}
