import type { Body, Random } from '../../core/interfaces.ts';
import type { Message } from '../../core/protocol/messages.ts';
import { ActiveEffects } from './active-effects.ts';
import type { MessageFilter } from './filtered-transport.ts';

/** Flips a byte in parts of chunks that the peer sends, each with the effect's probability. */
export class Corrupting {
  readonly active = new ActiveEffects<'corrupt'>();
  readonly #random: Random;

  constructor({ random }: { readonly random: Random }) {
    this.#random = random;
  }

  filter(): MessageFilter {
    return { outgoing: (message) => this.#outgoing(message) };
  }

  #outgoing(message: Message): Message {
    if (message.type !== 'chunk' && message.type !== 'raw') return message;
    for (const { effect, count } of this.active.all()) {
      if (message.body.byteLength === 0 || this.#random.next() >= effect.probability) continue;
      count('partsCorrupted');
      return { ...message, body: corrupted(message.body, this.#random) };
    }
    return message;
  }
}

/** A copy with one byte changed; what is no bytes is marked (see TokenBody). */
function corrupted(body: Body, random: Random): Body {
  if (!(body instanceof Uint8Array)) return { ...body, corrupt: true } as Body;
  const copy = Uint8Array.from(body);
  copy[random.int(copy.length)]! ^= 1 + random.int(255);
  return copy;
}
