import type { ChunkPart } from '../../core/protocol/messages.ts';

/** Tells where a chunk, or the rest of one, begins among the parts on one connection. */
export class PartOrder {
  #next: { readonly index: number; readonly offset: number } | undefined;

  /** To be asked of every part, in order. */
  begins({ index, offset, chunkBytes, body }: ChunkPart): boolean {
    const goesOn = this.#next?.index === index && this.#next.offset === offset;
    const end = offset + body.byteLength;
    this.#next = end < chunkBytes ? { index, offset: end } : undefined;
    return !goesOn;
  }
}
