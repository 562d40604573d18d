import { existsSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { performance } from 'node:perf_hooks';
import { StoreError } from '../../errors.ts';
import type { ChunkInfo, ChunkStore, ChunkWriter } from '../../interfaces.ts';
import {
  checkListedFile,
  draftName,
  hashFile,
  newReadBuffer,
  readList,
  removeLeftDrafts,
  writeList,
} from './chunk-files.ts';
import { takeBlock } from '../block-pool.ts';
import { FileChunkWriter } from './verifying-writer.ts';
import { KEEP_LISTS_NAME, LIST_NAME, chunkName } from './local-chunks.ts';
import { OpenFiles } from './open-files.ts';
import { Pace } from '../yielding.ts';
import { ReceivedJournal, readReceived } from './received-journal.ts';
import { isGone } from './store-errors.ts';

const OPEN_FILES_MAX = 8;
const LIST_INTERVAL_MS = 250;
/** Writing the list of a swarm with millions of chunks takes long: at most a twentieth of the time goes there. */
const LIST_REST_FACTOR = 20;

export interface FolderStoreOptions {
  /**
   * What the chunks should be, chunk i at [i-1]; `undefined` where it is not known. A held chunk that is something
   * else counts as not held and is told by `damaged`.
   */
  readonly knownChunks?: readonly (ChunkInfo | undefined)[];
  /** Whether to hash each held chunk at opening. false: chunks in `knownChunks` need only have the right size. Default true. */
  readonly verify?: boolean;
}

interface HeldChunk extends ChunkInfo {
  readonly name: string;
}

let draftSerial = 0;

/**
 * A peer's chunks as files in a folder, with `local_chunks.txt` kept true to them: the classic programs can read
 * it at any moment, and a program killed at any moment leaves a folder that opens again.
 *
 * A chunk enters the list after its file is in place, up to a quarter of a second later, the last one at once; until
 * then a line of `.received_chunks` tells of it, so that a kill loses no chunk that was told. Any other unlisted file
 * does not count and is replaced when its chunk arrives. Bodies are Buffers.
 */
export class FolderStore implements ChunkStore {
  readonly folder: string;
  readonly totalChunks: number;
  /** Listed chunks that were not as `knownChunks` says, ascending: they have to be fetched anew. */
  readonly damaged: readonly number[];
  /** Before the names of its files. */
  readonly #prefix: string;
  readonly #held: Map<number, HeldChunk>;
  readonly #writers = new Set<ChunkWriter>();
  readonly #openFiles = new OpenFiles(OPEN_FILES_MAX);
  readonly #journal: ReceivedJournal;
  #listTimer: NodeJS.Timeout | undefined;
  #listRestMs = LIST_INTERVAL_MS;
  #listIsStale: boolean;
  #listFailure: unknown;
  #closed = false;

  /** Whether the folder is an original, whose list stays as it is: see `KEEP_LISTS_NAME`. */
  readonly keepsList: boolean;

  /** @throws {StoreError} no folder, a mistake in the list, a listed file that is missing or leads out */
  static async open(folder: string, options: FolderStoreOptions = {}): Promise<FolderStore> {
    const { knownChunks = [], verify = true } = options;
    const { totalChunks, entries } = readList(folder);
    const sizes = entries.map((entry) => checkListedFile(folder, entry));
    removeLeftDrafts(folder);
    const held = new Map<number, HeldChunk>();
    const damaged: number[] = [];
    const buffer = newReadBuffer();
    const pace = new Pace(Infinity);
    for (const [at, { index, name }] of entries.entries()) {
      const expected = knownChunks[index - 1];
      const trusted = !verify && expected !== undefined && expected.bytes === sizes[at];
      const info = trusted ? expected : await hashFile(join(folder, name), buffer, pace);
      if (expected !== undefined && (info.bytes !== expected.bytes || info.hash !== expected.hash)) {
        damaged.push(index);
      } else {
        held.set(index, { bytes: info.bytes, hash: info.hash, name });
      }
    }
    const listedCount = held.size;
    if (!keepsListOf(folder)) {
      for (const [index, info] of readReceived(folder, totalChunks)) {
        if (held.has(index)) continue;
        const name = chunkName(index);
        const { bytes, hash } = await hashFile(join(folder, name), buffer, pace);
        const { hash: wanted } = knownChunks[index - 1] ?? info;
        if (hash === info.hash && hash === wanted) held.set(index, { bytes, hash, name });
      }
    }
    const isBehind = damaged.length > 0 || held.size > listedCount;
    return new FolderStore(folder, totalChunks, held, damaged, isBehind);
  }

  private constructor(
    folder: string,
    totalChunks: number,
    held: Map<number, HeldChunk>,
    damaged: number[],
    isBehind: boolean,
  ) {
    this.folder = folder;
    this.#prefix = join(folder, sep);
    this.totalChunks = totalChunks;
    this.keepsList = keepsListOf(folder);
    this.#journal = new ReceivedJournal(folder);
    this.damaged = damaged.sort((a, b) => a - b);
    this.#held = held;
    this.#listIsStale = isBehind;
  }

  info(index: number): ChunkInfo | undefined {
    return this.#held.get(index);
  }

  /** Indices of the held chunks, ascending. */
  heldIndices(): number[] {
    return [...this.#held.keys()].sort((a, b) => a - b);
  }

  /** Where the file of a held chunk is. @throws {StoreError} chunk not held */
  pathOf(index: number): string {
    return this.#prefix + this.#require(index).name;
  }

  read(index: number, offset: number, length: number): Buffer {
    const { bytes, name } = this.#require(index);
    const path = this.#prefix + name;
    if (!(offset >= 0 && length >= 0 && offset + length <= bytes)) {
      throw new StoreError(`${path}: bytes ${offset} to ${offset + length} of ${bytes}`);
    }
    const body = takeBlock(length);
    try {
      const filled = this.#openFiles.read(path, body, offset);
      if (filled === length) return body;
    } catch (error) {
      if (error instanceof StoreError && isGone(error)) this.#lose(index);
      throw error;
    }
    this.#lose(index);
    throw new StoreError(`${path} became shorter than ${bytes} bytes`);
  }

  begin(index: number, expected: Partial<ChunkInfo>): ChunkWriter {
    this.#requireOpen();
    if (!Number.isInteger(index) || index < 1 || index > this.totalChunks) {
      throw new StoreError(`${this.folder}: chunk ${index} is not in 1 to ${this.totalChunks}`);
    }
    if (this.#listFailure !== undefined) this.flush();
    const name = chunkName(index);
    const writer = new FileChunkWriter(
      {
        draftPath: this.#prefix + draftName(index, ++draftSerial),
        path: this.#prefix + name,
        held: () => this.#held.get(index),
        onCommitted: ({ bytes, hash }) => {
          this.#held.set(index, { bytes, hash, name });
          this.#listIsStale = true;
          // When completion is reported the folder is complete, even if the program is killed right after.
          if (this.#held.size === this.totalChunks) this.#tryFlush();
          else this.#noteReceived(index, { bytes, hash });
        },
        onFinished: (finished) => this.#writers.delete(finished),
      },
      expected,
    );
    this.#writers.add(writer);
    return writer;
  }

  /** Brings `local_chunks.txt` up to date now. @throws {StoreError} it cannot be written */
  flush(): void {
    clearTimeout(this.#listTimer);
    this.#listTimer = undefined;
    if (!this.#listIsStale || this.keepsList) return;
    const startMs = performance.now();
    const indices = this.heldIndices();
    writeList(
      this.folder,
      this.totalChunks,
      indices.map((index) => ({ index, name: this.#held.get(index)!.name })),
    );
    this.#journal.clear();
    this.#listIsStale = false;
    this.#listFailure = undefined;
    this.#listRestMs = Math.max(LIST_INTERVAL_MS, (performance.now() - startMs) * LIST_REST_FACTOR);
  }

  /** Discards what is half written, brings the list up to date and closes all files. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const writer of [...this.#writers]) writer.discard();
    this.#openFiles.close();
    this.flush();
  }

  /** Called before the chunk is reported. */
  #noteReceived(index: number, info: ChunkInfo): void {
    if (this.keepsList) return;
    this.#listTimer ??= setTimeout(() => this.#tryFlush(), this.#listRestMs);
    try {
      this.#journal.add(index, info);
    } catch {
      // The list itself may still be written at once; otherwise the failure is reported.
      this.#tryFlush();
    }
  }

  #tryFlush(): void {
    try {
      this.flush();
    } catch (error) {
      // Nobody above could do anything: the next `begin`, `flush` or `close` tries again and tells.
      this.#listFailure = error;
    }
  }

  /** Its file is not what it was: no longer held, nor listed. */
  #lose(index: number): void {
    this.#openFiles.forget(this.pathOf(index));
    this.#held.delete(index);
    this.#listIsStale = true;
    this.#listTimer ??= setTimeout(() => this.#tryFlush(), this.#listRestMs);
  }

  #require(index: number): HeldChunk {
    this.#requireOpen();
    const chunk = this.#held.get(index);
    if (chunk === undefined) throw new StoreError(`${this.folder} does not hold chunk ${index}`);
    return chunk;
  }

  #requireOpen(): void {
    if (this.#closed)
      throw new StoreError(`${this.folder} has been closed (${join(this.folder, LIST_NAME)})`);
  }
}

function keepsListOf(folder: string): boolean {
  return existsSync(join(dirname(resolve(folder)), KEEP_LISTS_NAME));
}
