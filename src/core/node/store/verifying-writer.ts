import { createHash } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { LocalProtocolError, StoreError } from '../../errors.ts';
import type { Body, ChunkInfo, ChunkWriter } from '../../interfaces.ts';
import { writeWhole } from './plain-file.ts';
import { storeError } from './store-errors.ts';

export interface FileChunkWriterComponents {
  /** Where the bytes go at first: beside `path`, not existing yet. */
  readonly draftPath: string;
  /** Where they are after `commit`. */
  readonly path: string;
  /** The chunk's info if the store holds it already; asked at commit. */
  held(): ChunkInfo | undefined;
  /** Called once, when `path` holds the chunk. */
  onCommitted(info: ChunkInfo): void;
  /** Called once, last, however the writer ended. */
  onFinished(writer: ChunkWriter): void;
}

/** Writes a chunk to a temporary name, hashing as the bytes come, and renames it when it proves right. */
export class FileChunkWriter implements ChunkWriter {
  readonly #components: FileChunkWriterComponents;
  readonly #expected: Partial<ChunkInfo>;
  readonly #hash = createHash('sha1');
  #descriptor: number | undefined;
  #writtenBytes = 0;
  #finished = false;

  constructor(components: FileChunkWriterComponents, expected: Partial<ChunkInfo>) {
    this.#components = components;
    this.#expected = expected;
  }

  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  agrees(): boolean {
    if (this.#finished) return false;
    const { bytes = this.#writtenBytes, hash } = this.#expected;
    if (bytes !== this.#writtenBytes) return false;
    return hash === undefined || this.#hash.copy().digest('hex') === hash.toLowerCase();
  }

  write(whole: Body, skipBytes = 0): void {
    this.#requireLive();
    if (!(whole instanceof Uint8Array)) throw new LocalProtocolError('a folder keeps bytes, not tokens');
    const body = whole.subarray(skipBytes);
    this.#writtenBytes += body.byteLength;
    // What is longer than expected is refused at commit anyway; until then it must not fill the disk.
    if (this.#writtenBytes > (this.#expected.bytes ?? Infinity)) return;
    this.#hash.update(body);
    try {
      writeWhole(this.#open(), body);
    } catch (error) {
      this.#fail('write', error);
    }
  }

  commit(agreed?: ChunkInfo): ChunkInfo | undefined {
    this.#requireLive();
    const info = { bytes: this.#writtenBytes, hash: this.#hash.digest('hex') };
    const { bytes = info.bytes, hash = info.hash } = agreed ?? this.#expected;
    const agrees = info.bytes === bytes && info.hash === hash.toLowerCase();
    const held = this.#components.held();
    if (!agrees || held !== undefined) {
      this.discard();
      return agrees ? held : undefined;
    }
    const { draftPath, path } = this.#components;
    try {
      closeSync(this.#open());
      this.#descriptor = undefined;
      renameSync(draftPath, path);
    } catch (error) {
      this.#fail('keep', error);
    }
    this.#finished = true;
    this.#components.onCommitted(info);
    this.#components.onFinished(this);
    return info;
  }

  discard(): void {
    if (this.#finished) return;
    this.#finished = true;
    if (this.#descriptor !== undefined) {
      closeSync(this.#descriptor);
      this.#descriptor = undefined;
      rmSync(this.#components.draftPath, { force: true });
    }
    this.#components.onFinished(this);
  }

  #open(): number {
    this.#descriptor ??= openSync(this.#components.draftPath, 'wx');
    return this.#descriptor;
  }

  /** A writer that failed has lost bytes: it discards itself before it tells. */
  #fail(operation: string, error: unknown): never {
    this.discard();
    rmSync(this.#components.draftPath, { force: true });
    throw storeError(operation, this.#components.path, error);
  }

  #requireLive(): void {
    if (this.#finished) {
      throw new StoreError(`${this.#components.path}: this writer has been committed or discarded`);
    }
  }
}
