/**
 * Finds messages in a stream of the spec protocol. Messages have no terminator, so one is certain only when a newline
 * follows, the next message word follows, the stream falls silent, or it ends. Whatever is not understood
 * (greetings, prefixes, unknown words) is dropped without a word.
 *
 * Some trackers hand out a port with the newline that a careless client announced it with, so that a newline may
 * stand in the middle of an answer. The part before it is told at once; when a comma follows, the whole is told
 * again with the further holders, not as `terminated`.
 */
import { RemoteProtocolError } from '../../errors.ts';
import type { Clock, Timer } from '../../interfaces.ts';
import type { Decoder, SpecMessage } from '../messages.ts';
import { parseSpec } from './parse.ts';

/** Pending text, and text in a row without any message, is bounded by this. */
export const SPEC_PENDING_BYTES_MAX = 64 * 1024;

/**
 * The reader. `tracker`: announcements and questions. `client`: a tracker's answers. `server`: requests for chunks.
 * `requester`: the bytes of a chunk.
 *
 * Text that makes no sense is dropped. Only a client gets it, once the stream is silent, as `chunk-unknown`
 * of chunk 0: what cannot be understood counts as unknown.
 */
export type SpecSide = 'tracker' | 'client' | 'server' | 'requester';

export interface SpecDecoderOptions {
  readonly side: SpecSide;
  /** Lets a `server` be certain of a request as soon as no further digit can follow. */
  readonly totalChunks?: number;
  /** Silence after which a pending message is certain. Default 150 for `client`, 100 `tracker`, 50 `server`. */
  readonly silenceMs?: number;
}

export interface SpecDecoder extends Decoder {
  /** Forgets what is pending; nothing is called back any more. For a connection that broke. */
  stop(): void;
}

/**
 * A decoder for one direction of one connection.
 * `push` throws {RemoteProtocolError} at 64 KiB of text without a message, or in one message.
 */
export function createSpecDecoder(
  components: { readonly clock: Clock },
  options: SpecDecoderOptions,
  onMessage: (message: SpecMessage) => void,
): SpecDecoder {
  if (options.side === 'requester') {
    let stopped = false;
    return {
      push: (bytes) => {
        if (!stopped && bytes.length > 0) onMessage({ type: 'raw', body: bytes });
      },
      end: () => undefined,
      stop: () => (stopped = true),
    };
  }
  return new TextDecoderOfSide(components.clock, { ...options, side: options.side }, onMessage);
}

const SIDES = {
  tracker: { words: 'LOCAL_CHUNKS|WHERE_CHUNK', silenceMs: 100 },
  client: { words: 'GET[_ ]CHUNK[_ ]FROM|CHUNK[_ ]LOCATION[_ ]UNKNOWN', silenceMs: 150 },
  server: { words: 'REQUEST_CHUNK', silenceMs: 50 },
} as const;

/** An answer longer than this does not go on after an inner newline. */
const GOES_ON_CHARS_MAX = 4 * 1024;

const WORD_CHARS_MAX = 'CHUNK_LOCATION_UNKNOWN'.length;

const latin1 = new TextDecoder('latin1');

class TextDecoderOfSide implements SpecDecoder {
  readonly #clock: Clock;
  readonly #options: SpecDecoderOptions & { readonly side: keyof typeof SIDES };
  readonly #onMessage: (message: SpecMessage) => void;
  readonly #silenceMs: number;
  readonly #word: RegExp;
  /** The next message word or newline. */
  readonly #boundary: RegExp;
  /** Not yet understood. */
  #text = '';
  /** The message that is being read; `text` is what has come after its word, or after an inner newline. */
  #open: OpenMessage | undefined;
  /** The last message: it goes on if a comma follows. */
  #last: OpenMessage | undefined;
  /** Text before this was searched for a boundary, in vain. */
  #searched = 0;
  /** Characters dropped since the last message word. */
  #stray = 0;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(
    clock: Clock,
    options: SpecDecoderOptions & { readonly side: keyof typeof SIDES },
    onMessage: (message: SpecMessage) => void,
  ) {
    this.#clock = clock;
    this.#options = options;
    this.#onMessage = onMessage;
    const { words, silenceMs } = SIDES[options.side];
    this.#silenceMs = options.silenceMs ?? silenceMs;
    this.#word = new RegExp(words);
    this.#boundary = new RegExp(`\n|${words}`, 'g');
  }

  push(bytes: Uint8Array): void {
    if (this.#stopped) return;
    this.#text += latin1.decode(bytes);
    while (this.#open === undefined ? this.#findMessage() : this.#readMessage());
    this.#timer?.cancel();
    if (this.#stray > SPEC_PENDING_BYTES_MAX) this.#fail('64 KiB of text without a message');
    if (this.#open !== undefined) {
      if (this.#open.before.length + this.#text.length > SPEC_PENDING_BYTES_MAX) {
        this.#fail('a message of more than 64 KiB');
      }
    }
    if (this.#open !== undefined || (this.#options.side === 'client' && this.#text.trim() !== '')) {
      this.#timer = this.#clock.setTimer(this.#silenceMs, () => this.#silent());
    }
  }

  end(): void {
    if (this.#stopped) return;
    this.#tellPending();
    this.stop();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#text = '';
    this.#open = undefined;
    this.#last = undefined;
  }

  /** Between messages. Returns whether there is more to do with the text at hand. */
  #findMessage(): boolean {
    if (this.#last !== undefined) {
      const rest = this.#text.trimStart();
      this.#drop(this.#text.length - rest.length);
      if (rest === '') return false;
      if (rest.startsWith(',')) this.#open = { ...this.#last, goesOn: true };
      this.#last = undefined;
      return true;
    }
    const match = this.#word.exec(this.#text);
    if (match === null) {
      this.#drop(Math.max(0, this.#text.length - (WORD_CHARS_MAX - 1)));
      return false;
    }
    this.#open = { word: match[0], before: '', goesOn: false };
    this.#stray = 0;
    this.#take(match.index + match[0].length);
    return true;
  }

  /** Inside a message. Returns whether it was read to its end. */
  #readMessage(): boolean {
    if (this.#options.side === 'server') {
      const length = this.#certainRequestChars();
      if (length > 0) {
        this.#tell(length, false);
        return true;
      }
    }
    this.#boundary.lastIndex = Math.max(0, this.#searched - WORD_CHARS_MAX);
    const match = this.#boundary.exec(this.#text);
    this.#searched = this.#text.length;
    if (match === null) return false;
    this.#tell(match.index, match[0] === '\n');
    return true;
  }

  /** How much of the text is a request that nothing further can change; 0 when there is none yet. */
  #certainRequestChars(): number {
    // What follows the digits directly may make them something else than a number.
    const match = /^[ \t\r,]*(\d+)(?![\w.+-])/.exec(this.#text);
    if (match === null) return 0;
    const more = this.#text.length > match[0].length;
    const totalChunks = this.#options.totalChunks ?? Infinity;
    return more || Number(match[1]) * 10 > totalChunks ? match[0].length : 0;
  }

  /** Takes the open message, whose text is `length` long, off the stream, and tells it if it makes sense. */
  #tell(length: number, newline: boolean): void {
    const { word, before, goesOn } = this.#open!;
    const text = this.#text.slice(0, length);
    const message = parseSpec(word, before + text);
    this.#take(newline ? length + 1 : length);
    this.#open = undefined;
    if (message === undefined) return;
    if (this.#options.side === 'client' && before.length + length < GOES_ON_CHARS_MAX) {
      this.#last = { word, before: `${before}${text} `, goesOn };
    }
    const marked = newline && !goesOn && !/\s$/.test(text);
    this.#onMessage(marked ? withMark(message) : message);
  }

  #silent(): void {
    if (!this.#tellPending() && this.#options.side === 'client') {
      this.#onMessage({ type: 'chunk-unknown', index: 0 });
    }
  }

  /** What is pending is the message, unless it makes no sense yet. Returns whether it does. */
  #tellPending(): boolean {
    if (this.#open === undefined) return false;
    const { word, before } = this.#open;
    if (parseSpec(word, before + this.#text) === undefined) return false;
    this.#tell(this.#text.length, false);
    return true;
  }

  #take(length: number): void {
    this.#text = this.#text.slice(length);
    this.#searched = 0;
  }

  #drop(length: number): void {
    this.#stray += length;
    this.#take(length);
  }

  #fail(what: string): never {
    this.stop();
    throw new RemoteProtocolError(`the other side sent ${what} of the spec protocol`);
  }
}

function withMark(message: SpecMessage): SpecMessage {
  return message.type === 'raw' || message.type === 'request-chunk'
    ? message
    : { ...message, terminated: true };
}

interface OpenMessage {
  readonly word: string;
  /** What came before an inner newline. */
  readonly before: string;
  /** Something was told of it already. */
  readonly goesOn: boolean;
}
