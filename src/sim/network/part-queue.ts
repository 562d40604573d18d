import type { Message } from '../../core/protocol/messages.ts';
import { Fifo } from './fifo.ts';
import { partOf } from './message-parts.ts';

/** A message or the end of a connection, on its way. */
export type Outgoing = OutgoingMessage | 'end';

export interface OutgoingMessage {
  readonly message: Message;
  /** On the wire. */
  readonly bytes: number;
  /** It comes out of a `PartQueue`. */
  readonly isFed?: true;
}

/**
 * Parts of chunks that are longer than a slice of the rate, and what must not pass them. They are cut when their turn
 * comes, so that small messages go between two slices, and whoever sends is not asked for each of them.
 */
export class PartQueue {
  readonly #items = new Fifo<Outgoing>();
  /** Bytes of the first one's body that have been taken. */
  #taken = 0;

  /** As they were sent: each slice but the first of a message has a head on top. */
  #bytes = 0;

  get length(): number {
    return this.#items.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(item: Outgoing): void {
    this.#items.push(item);
    if (item !== 'end') this.#bytes += item.bytes;
  }

  /** The next message, with at most so many bytes of a chunk; undefined: there is none. */
  next(mostBytes: number): Outgoing | undefined {
    const first = this.#items.peek();
    if (first === undefined) return undefined;
    if (first === 'end' || !isCuttable(first.message)) {
      this.#items.shift();
      if (first === 'end') return first;
      this.#bytes -= first.bytes;
      return { ...first, isFed: true };
    }
    const { message, bytes } = first;
    const headBytes = bytes - message.body.byteLength;
    const from = this.#taken;
    const to = Math.min(from + mostBytes, message.body.byteLength);
    if (to === message.body.byteLength) {
      this.#items.shift();
      this.#taken = 0;
    } else this.#taken = to;
    this.#bytes -= to - from + (from === 0 ? headBytes : 0);
    return { message: partOf(message, from, to), bytes: headBytes + to - from, isFed: true };
  }

  clear(): void {
    this.#items.clear();
    this.#taken = 0;
    this.#bytes = 0;
  }
}

function isCuttable(message: Message): message is Extract<Message, { type: 'chunk' | 'raw' }> {
  return message.type === 'chunk' || message.type === 'raw';
}
