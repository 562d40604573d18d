import type { Body, ChunkInfo, ChunkStore, ChunkWriter } from '../../interfaces.ts';

/** What a client has given to others. */
export interface Given {
  /** How often a chunk was begun to be sent. */
  readonly chunks: number;
  /** Of chunks, handed to the network. */
  readonly bytes: number;
}

/** A store that counts what is read of it, which is what is sent to others. */
export class ServedStore implements ChunkStore {
  readonly #inner: ChunkStore;
  #chunks = 0;
  #bytes = 0;

  constructor(inner: ChunkStore) {
    this.#inner = inner;
  }

  get given(): Given {
    return { chunks: this.#chunks, bytes: this.#bytes };
  }

  get totalChunks(): number {
    return this.#inner.totalChunks;
  }

  info(index: number): ChunkInfo | undefined {
    return this.#inner.info(index);
  }

  read(index: number, offset: number, length: number): Body {
    const body = this.#inner.read(index, offset, length);
    if (offset === 0) this.#chunks++;
    this.#bytes += body.byteLength;
    return body;
  }

  begin(index: number, expected: Partial<ChunkInfo>): ChunkWriter {
    return this.#inner.begin(index, expected);
  }
}
