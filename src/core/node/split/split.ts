/** Splits a file into the chunk folders of several peers, in constant memory. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  mkdirSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigError, StoreError } from '../../errors.ts';
import { seededRandom } from '../../random.ts';
import { newReadBuffer, writeList } from '../store/chunk-files.ts';
import { makeFolders } from '../store/make-folders.ts';
import { dealer } from './deal-chunks.ts';
import { TOTAL_CHUNKS_MAX, chunkName } from '../store/local-chunks.ts';
import { Pace } from '../yielding.ts';
import type { PaceOptions } from '../yielding.ts';
import { PlainFile } from '../store/plain-file.ts';
import { openRegular } from '../store/regular-file.ts';
import { isOtherLivingProcess } from '../store/processes.ts';
import { RECORD_NAME } from './split-record.ts';
import type { SplitRecord } from './split-record.ts';
import { errnoOf, onDisk } from '../store/store-errors.ts';

export interface SplitOptions extends PaceOptions {
  /** A regular file of any size but 0. */
  readonly file: string;
  /** Gets `folder1` to `folder<peers>` and `split.json`. Must not exist, or be empty. */
  readonly out: string;
  /** Of every chunk but the last, which has the rest. ≥ 1. */
  readonly chunkBytes: number;
  /** How many folders. ≥ 1. */
  readonly peers: number;
  /** By how many folders each chunk is held, 1 to `peers`; `seeder`: `folder1` holds all, the others nothing. */
  readonly overlap: number | 'seeder';
  /** The same seed and sizes give the same folders. */
  readonly seed: string;
}

/**
 * The folders appear, complete, under their names at the end; `split.json` is the last.
 *
 * @throws {ConfigError} what is asked cannot be done
 * @throws {StoreError} the file cannot be read, or the folder not be written
 */
export async function splitFile(options: SplitOptions): Promise<SplitRecord> {
  const { file, out, chunkBytes, peers, overlap, seed } = options;
  if (!(chunkBytes >= 1)) throw new ConfigError(`a chunk size of ${chunkBytes} bytes; it must be at least 1`);
  if (!(peers >= 1)) throw new ConfigError(`${peers} peers; there must be at least 1`);
  const nextHolders = overlap === 'seeder' ? () => [0] : dealer(peers, overlap, seededRandom(seed));
  const descriptor = openRegular(file);
  try {
    const about = fstatSync(descriptor);
    if (about.size === 0) {
      throw new ConfigError(
        `${file} is empty and cannot be split: in the spec protocol an empty chunk looks like a missing one`,
      );
    }
    const totalChunks = Math.ceil(about.size / chunkBytes);
    if (totalChunks > TOTAL_CHUNKS_MAX) {
      const least = Math.ceil(about.size / TOTAL_CHUNKS_MAX);
      throw new ConfigError(
        `${file} would have ${totalChunks} chunks; use a chunk size of ${least} bytes or more`,
      );
    }
    const isNew = prepareOut(out);
    const draft = join(out, `.split.${process.pid}.part`);
    try {
      onDisk('write into', out, () => mkdirSync(draft));
      const source = { descriptor, bytes: about.size, totalChunks };
      const record = await fillDraft(source, draft, nextHolders, options);
      publish(draft, out, record);
      return record;
    } catch (error) {
      clear(out, draft, isNew);
      throw error;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Returns whether the folder was made. */
function prepareOut(out: string): boolean {
  const isNew = makeFolders(out);
  for (const name of onDisk('read', out, () => readdirSync(out))) {
    const draft = /^\.split\.(\d+)\.part$/.exec(name);
    if (draft === null || isOtherLivingProcess(Number(draft[1]))) {
      throw new ConfigError(`${out} is not empty (${name} is in it); name a new folder or empty it`);
    }
    rmSync(join(out, name), { recursive: true, force: true });
  }
  return isNew;
}

/** What cannot be removed now is by the next split into the same folder: why this one failed is what counts. */
function clear(out: string, draft: string, isNew: boolean): void {
  try {
    rmSync(draft, { recursive: true, force: true });
    if (isNew && readdirSync(out).length === 0) rmdirSync(out);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}

interface Source {
  readonly descriptor: number;
  readonly bytes: number;
  readonly totalChunks: number;
}

async function fillDraft(
  source: Source,
  draft: string,
  nextHolders: () => number[],
  options: SplitOptions,
): Promise<SplitRecord> {
  const { bytes, totalChunks } = source;
  const { sha256, chunkSha1, held } = await writeChunks(source, draft, nextHolders, options);
  for (const [peer, indices] of held.entries()) {
    const entries = indices.map((index) => ({ index, name: chunkName(index) }));
    writeList(join(draft, folderName(peer)), totalChunks, entries);
  }
  return {
    format: 'swarm-lab split 1',
    fileName: basename(options.file),
    bytes,
    sha256,
    chunkBytes: options.chunkBytes,
    totalChunks,
    chunkSha1,
    folders: held.map((indices, peer) => ({ name: folderName(peer), chunks: indices.length })),
  };
}

/**
 * Returns the SHA-256 of the whole, the SHA-1 of each chunk and, for each peer, the chunks it got. No more than two
 * files are open besides the source, however many peers there are.
 */
async function writeChunks(
  { descriptor, bytes, totalChunks }: Source,
  draft: string,
  nextHolders: () => number[],
  options: SplitOptions,
): Promise<{ sha256: string; chunkSha1: string[]; held: number[][] }> {
  const { file, out, chunkBytes, peers, overlap } = options;
  const folders = Array.from({ length: peers }, (_, peer) => join(draft, folderName(peer)));
  for (const folder of folders) onDisk('write into', out, () => mkdirSync(folder));
  const held = folders.map((): number[] => []);
  const hash = createHash('sha256');
  const chunkSha1: string[] = [];
  const buffer = newReadBuffer();
  const pace = newPace(bytes, overlap === 'seeder' ? 1 : overlap, options);
  const readPiece = (most: number) =>
    buffer.subarray(
      0,
      onDisk('read', file, () => readSync(descriptor, buffer, 0, most, null)),
    );

  for (let index = 1; index <= totalChunks; index++) {
    const holders = nextHolders();
    for (const peer of holders) held[peer]!.push(index);
    const name = chunkName(index);
    const paths = holders.map((peer) => join(folders[peer]!, name));
    const shownAs = holders.map((peer) => join(out, folderName(peer), name));
    const chunkHash = createHash('sha1');
    const size = Math.min(chunkBytes, bytes - (index - 1) * chunkBytes);
    const first = new PlainFile(paths[0]!, shownAs[0]);
    try {
      for (let rest = size; rest > 0;) {
        const piece = readPiece(Math.min(buffer.length, rest));
        if (piece.length === 0)
          throw new StoreError(`${file} became shorter while it was split; split it again`);
        hash.update(piece);
        chunkHash.update(piece);
        first.write(piece);
        rest -= piece.length;
        await pace.add(piece.length);
      }
    } finally {
      first.close();
    }
    for (let copy = 1; copy < paths.length; copy++) {
      const path = paths[copy]!;
      onDisk('write', shownAs[copy]!, () => copyFileSync(paths[0]!, path, constants.COPYFILE_EXCL));
      await pace.add(size);
    }
    chunkSha1.push(chunkHash.digest('hex'));
  }
  if (readPiece(1).length > 0) throw new StoreError(`${file} grew while it was split; split it again`);
  return { sha256: hash.digest('hex'), chunkSha1, held };
}

/** Yields to other work after every copy; progress is reported as a share of the file. */
function newPace(bytes: number, copies: number, { signal, onProgress }: PaceOptions): Pace {
  return new Pace(bytes * copies, {
    signal,
    onProgress: (done, total) => onProgress?.(done / copies, total / copies),
  });
}

function publish(draft: string, out: string, record: SplitRecord): void {
  onDisk('write', out, () => {
    writeFileSync(join(draft, RECORD_NAME), `${JSON.stringify(record, null, 2)}\n`);
    for (const { name } of record.folders) renameSync(join(draft, name), join(out, name));
    renameSync(join(draft, RECORD_NAME), join(out, RECORD_NAME));
    rmdirSync(draft);
  });
}

function folderName(peer: number): string {
  return `folder${peer + 1}`;
}
