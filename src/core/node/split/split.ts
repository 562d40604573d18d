/** Splits a file into the chunk folders of several peers, in constant memory. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
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
import { makeFolders } from '../store/folders.ts';
import { dealer } from './deal-chunks.ts';
import { TOTAL_CHUNKS_MAX, chunkName } from '../store/local-chunks.ts';
import { Pace } from '../yielding.ts';
import type { PaceOptions } from '../yielding.ts';
import { PlainFile } from '../store/plain-file.ts';
import { isOtherLivingProcess } from '../store/processes.ts';
import { RECORD_NAME } from './split-record.ts';
import type { SplitRecord } from './split-record.ts';
import { onDisk } from '../store/store-errors.ts';

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
  const descriptor = onDisk('open', file, () => openSync(file, 'r'));
  try {
    const about = fstatSync(descriptor);
    if (!about.isFile()) throw new StoreError(`cannot split ${file}: it is not a regular file`);
    if (about.size === 0) {
      throw new ConfigError(
        `${file} is empty: there is nothing to split, and no bytes are what the classic text sends for a chunk not held`,
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
      rmSync(draft, { recursive: true, force: true });
      if (isNew && readdirSync(out).length === 0) rmdirSync(out);
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
  const { sha256, held } = await writeChunks(source, draft, nextHolders, options);
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
    folders: held.map((indices, peer) => ({ name: folderName(peer), chunks: indices.length })),
  };
}

/** Returns the SHA-256 of the whole and, for each peer, the chunks it got. */
async function writeChunks(
  { descriptor, bytes, totalChunks }: Source,
  draft: string,
  nextHolders: () => number[],
  options: SplitOptions,
): Promise<{ sha256: string; held: number[][] }> {
  const { file, out, chunkBytes, peers } = options;
  const folders = Array.from({ length: peers }, (_, peer) => join(draft, folderName(peer)));
  for (const folder of folders) onDisk('write into', out, () => mkdirSync(folder));
  const held = folders.map((): number[] => []);
  const hash = createHash('sha256');
  const buffer = newReadBuffer();
  const pace = new Pace(bytes, options);
  const readPiece = (most: number) =>
    buffer.subarray(
      0,
      onDisk('read', file, () => readSync(descriptor, buffer, 0, most, null)),
    );

  for (let index = 1; index <= totalChunks; index++) {
    const holders = nextHolders();
    for (const peer of holders) held[peer]!.push(index);
    const name = chunkName(index);
    const copies = holders.map(
      (peer) => new PlainFile(join(folders[peer]!, name), join(out, folderName(peer), name)),
    );
    try {
      let rest = Math.min(chunkBytes, bytes - (index - 1) * chunkBytes);
      while (rest > 0) {
        const piece = readPiece(Math.min(buffer.length, rest));
        if (piece.length === 0)
          throw new StoreError(`${file} became shorter while it was split; split it again`);
        hash.update(piece);
        for (const copy of copies) copy.write(piece);
        rest -= piece.length;
        await pace.add(piece.length);
      }
    } finally {
      for (const copy of copies) copy.close();
    }
  }
  if (readPiece(1).length > 0) throw new StoreError(`${file} grew while it was split; split it again`);
  return { sha256: hash.digest('hex'), held };
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
