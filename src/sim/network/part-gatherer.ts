import type { Clock, Timer } from '../../core/interfaces.ts';
import type { ChunkPart, Message } from '../../core/protocol/messages.ts';

/** Nobody waits longer for what has come. */
const WAIT_MS = 250;

export interface PartGathererOptions {
  /** So many bytes go on at once. */
  mostBytes(): number;
  onJoined(message: ChunkPart): void;
}

/**
 * Joins parts of a chunk that come one after the other, so that a peer handles, hashes and writes some at a time. The
 * end of a chunk goes on at once, and so does what has waited for 250 ms.
 */
export class PartGatherer {
  readonly #clock: Clock;
  readonly #options: PartGathererOptions;
  #parts: ChunkPart[] = [];
  #bytes = 0;
  #timer: Timer | undefined;

  constructor(components: { readonly clock: Clock }, options: PartGathererOptions) {
    this.#clock = components.clock;
    this.#options = options;
  }

  /** Takes the message; false: it is none that is joined, and what was before it has gone on. */
  take(message: Message): boolean {
    if (message.type !== 'chunk' || !(message.body instanceof Uint8Array)) {
      this.flush();
      return false;
    }
    const { index, offset, chunkBytes, body } = message;
    const first = this.#parts[0];
    if (first !== undefined && (first.index !== index || first.offset + this.#bytes !== offset)) this.flush();
    this.#parts.push(message);
    this.#bytes += body.byteLength;
    const isEnd = offset + body.byteLength >= chunkBytes;
    if (isEnd || this.#bytes >= this.#options.mostBytes()) this.flush();
    else this.#timer ??= this.#clock.setTimer(WAIT_MS, () => this.#onTime());
    return true;
  }

  flush(): void {
    const [first] = this.#parts;
    if (first === undefined) return;
    const body = this.#parts.length === 1 ? first.body : joined(this.#parts, this.#bytes);
    this.#parts = [];
    this.#bytes = 0;
    this.#options.onJoined({ ...first, body });
  }

  /** Drops what waits. */
  clear(): void {
    this.#parts = [];
    this.#bytes = 0;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #onTime(): void {
    this.#timer = undefined;
    this.flush();
  }
}

function joined(parts: readonly ChunkPart[], bytes: number): Uint8Array {
  const body = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    body.set(part.body as Uint8Array, at);
    at += part.body.byteLength;
  }
  return body;
}
