import { createHash } from 'node:crypto';
import { StoreError } from '../../../core/errors.ts';
import type { Body, ChunkInfo, ChunkStore, ChunkWriter } from '../../../core/interfaces.ts';

/** A piece of a chunk in virtual time: where it lies, instead of its bytes. */
export interface TokenBody extends Body {
  readonly index: number;
  readonly offset: number;
  /** The bytes are not the original's. */
  readonly corrupt?: boolean;
}

export interface TokenStoreOptions {
  /** Size of chunk i at [i-1], of the original. Stores that are given one and the same array share what they keep. */
  readonly chunkBytes: readonly number[];
  /** Indices of the chunks held at the start. */
  readonly held: Iterable<number>;
  /** Of those, indices whose content is not the original's: a peer with a bad copy. */
  readonly corrupt?: Iterable<number>;
}

/**
 * Chunks without content, for virtual time: it keeps what identifies them. A chunk made of all its parts, in order,
 * none of them corrupt, has the original's hash; one made otherwise has another.
 */
export class TokenStore implements ChunkStore {
  readonly totalChunks: number;
  readonly #chunkBytes: readonly number[];
  readonly #originals: (HeldChunk | undefined)[];
  readonly #held = new Map<number, HeldChunk>();

  constructor({ chunkBytes, held, corrupt = [] }: TokenStoreOptions) {
    this.totalChunks = chunkBytes.length;
    this.#chunkBytes = chunkBytes;
    this.#originals = originalsOf(chunkBytes);
    const bad = new Set(corrupt);
    for (const index of held) {
      this.#held.set(index, this.#chunkOf(index, this.#originalBytes(index), bad.has(index)));
    }
  }

  info(index: number): ChunkInfo | undefined {
    return this.#held.get(index)?.info;
  }

  /** Whether the chunk is held, and what is held is the original. */
  hasOriginal(index: number): boolean {
    const chunk = this.#held.get(index);
    return chunk !== undefined && chunk === this.#originals[index];
  }

  /** @throws {StoreError} there is no such chunk */
  originalHash(index: number): string {
    return this.#chunkOf(index, this.#originalBytes(index), false).info.hash;
  }

  /** How many chunks are held, and how many of them are not the original's. */
  tally(): { readonly held: number; readonly corrupt: number } {
    let corrupt = 0;
    for (const chunk of this.#held.values()) if (chunk.corrupt) corrupt++;
    return { held: this.#held.size, corrupt };
  }

  read(index: number, offset: number, length: number): TokenBody {
    const chunk = this.#held.get(index);
    if (chunk === undefined) throw new StoreError(`chunk ${index} is not held`);
    if (!(offset >= 0 && length >= 0 && offset + length <= chunk.info.bytes)) {
      throw new StoreError(`chunk ${index} has ${chunk.info.bytes} bytes, not ${length} at ${offset}`);
    }
    return { byteLength: length, index, offset, ...(chunk.corrupt && { corrupt: true }) };
  }

  begin(index: number, expected: Partial<ChunkInfo>): ChunkWriter {
    this.#originalBytes(index);
    return new TokenWriter(
      index,
      (bytes, corrupt) => agree(expected, this.#chunkOf(index, bytes, corrupt).info),
      (bytes, corrupt, agreed) => this.#commit(index, agreed ?? expected, bytes, corrupt),
    );
  }

  #commit(
    index: number,
    expected: Partial<ChunkInfo>,
    bytes: number,
    corrupt: boolean,
  ): ChunkInfo | undefined {
    const present = this.info(index);
    if (present) return present;
    const chunk = this.#chunkOf(index, bytes, corrupt);
    if (!agree(expected, chunk.info)) return undefined;
    this.#held.set(index, chunk);
    return chunk.info;
  }

  /** Almost every chunk is the original: what stands for it is made once for all stores of one content. */
  #chunkOf(index: number, bytes: number, corrupt: boolean): HeldChunk {
    if (corrupt || bytes !== this.#chunkBytes[index - 1]) {
      return { info: { bytes, hash: tokenHash(index, bytes, corrupt) }, corrupt };
    }
    return (this.#originals[index] ??= { info: { bytes, hash: tokenHash(index, bytes) }, corrupt });
  }

  #originalBytes(index: number): number {
    const bytes = this.#chunkBytes[index - 1];
    if (bytes === undefined) throw new StoreError(`chunk ${index} outside 1 to ${this.totalChunks}`);
    return bytes;
  }
}

/** What stands for the SHA-1 of so many bytes of a chunk: the same wherever they are, another if they are corrupt. */
export function tokenHash(index: number, bytes: number, corrupt = false): string {
  return createHash('sha1')
    .update(`${index}/${bytes}/${corrupt ? 'corrupt' : 'original'}`)
    .digest('hex');
}

const originals = new WeakMap<readonly number[], (HeldChunk | undefined)[]>();

function originalsOf(chunkBytes: readonly number[]): (HeldChunk | undefined)[] {
  const known = originals.get(chunkBytes) ?? [];
  originals.set(chunkBytes, known);
  return known;
}

function agree(expected: Partial<ChunkInfo>, { bytes, hash }: ChunkInfo): boolean {
  return (expected.bytes ?? bytes) === bytes && (expected.hash ?? hash) === hash;
}

interface HeldChunk {
  readonly info: ChunkInfo;
  readonly corrupt: boolean;
}

type OnCommit = (bytes: number, corrupt: boolean, agreed: ChunkInfo | undefined) => ChunkInfo | undefined;

class TokenWriter implements ChunkWriter {
  readonly #index: number;
  readonly #isExpected: (bytes: number, corrupt: boolean) => boolean;
  readonly #onCommit: OnCommit;
  #writtenBytes = 0;
  #corrupt = false;
  #over = false;

  constructor(index: number, isExpected: (bytes: number, corrupt: boolean) => boolean, onCommit: OnCommit) {
    this.#index = index;
    this.#isExpected = isExpected;
    this.#onCommit = onCommit;
  }

  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  agrees(): boolean {
    return !this.#over && this.#isExpected(this.#writtenBytes, this.#corrupt);
  }

  write(body: Body, skipBytes = 0): void {
    if (this.#over) throw new StoreError(`chunk ${this.#index} was committed or discarded already`);
    const { index, offset, corrupt, byteLength } = tokenOf(body);
    const isNext = index === this.#index && offset + skipBytes === this.#writtenBytes;
    if (!isNext || corrupt === true) this.#corrupt = true;
    this.#writtenBytes += byteLength - skipBytes;
  }

  commit(agreed?: ChunkInfo): ChunkInfo | undefined {
    if (this.#over) throw new StoreError(`chunk ${this.#index} was committed or discarded already`);
    this.#over = true;
    return this.#onCommit(this.#writtenBytes, this.#corrupt, agreed);
  }

  discard(): void {
    this.#over = true;
  }
}

function tokenOf(body: Body): TokenBody {
  if ('index' in body && 'offset' in body) return body as TokenBody;
  throw new StoreError('a store of tokens was given bytes');
}
