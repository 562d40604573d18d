import type { Body, Random } from '../../core/interfaces.ts';
import type { ChunkPart, Message, RawBytes } from '../../core/protocol/messages.ts';
import { ActiveEffects } from './active-effects.ts';
import type { MessageFilter } from './filtered-transport.ts';
import { PartOrder } from './part-order.ts';

/**
 * Flips a byte in chunks, or rests of them, that the peer sends, in each with the effect's probability: however many parts a link cuts
 * it into. What is under way when the effect begins stays good.
 */
export class Corrupting {
  readonly active = new ActiveEffects<'corrupt'>();
  readonly #random: Random;

  constructor({ random }: { readonly random: Random }) {
    this.#random = random;
  }

  /** One for each connection: there the parts of a chunk follow each other. */
  filter(): MessageFilter {
    const order = new PartOrder();
    let sentBytes = 0;
    let badAt = -1;
    const spoil = <Part extends ChunkPart | RawBytes>(part: Part): Part => {
      // A connection of the spec protocol carries one chunk, and no message says its size.
      const offset = part.type === 'chunk' ? part.offset : sentBytes;
      const chunkBytes = part.type === 'chunk' ? part.chunkBytes : part.body.byteLength;
      const begins = part.type === 'chunk' ? order.begins(part) : sentBytes === 0;
      if (begins) badAt = this.#isHit() ? offset + this.#random.int(chunkBytes - offset) : -1;
      sentBytes += part.body.byteLength;
      const at = badAt - offset;
      return at < 0 || at >= part.body.byteLength
        ? part
        : { ...part, body: corrupted(part.body, at, this.#random) };
    };
    return {
      outgoing: (message: Message) =>
        (message.type === 'chunk' || message.type === 'raw') && message.body.byteLength > 0
          ? spoil(message)
          : message,
    };
  }

  #isHit(): boolean {
    for (const { effect, count } of this.active.all()) {
      if (this.#random.next() >= effect.probability) continue;
      count('chunksCorrupted');
      return true;
    }
    return false;
  }
}

/** A copy with that byte changed; what is no bytes is marked (see TokenBody). */
function corrupted(body: Body, at: number, random: Random): Body {
  if (!(body instanceof Uint8Array)) return { ...body, corrupt: true } as Body;
  const copy = Uint8Array.from(body);
  copy[at]! ^= 1 + random.int(255);
  return copy;
}
