import { RemoteProtocolError } from '../../errors.ts';
import type { Decoder, SwarmMessage } from '../messages.ts';
import { FieldReader } from './field-reader.ts';
import { CHUNK_HEAD_BYTES, EXTENSION_TYPE_MIN, FRAME_HEAD_BYTES, FRAME_TYPES } from './frame-types.ts';
import { FRAME_BYTES_MAX, PART_BYTES_MAX } from './limits.ts';
import { checkPayloadBytes, isKnownType, parseControlFrame } from './parse-frame.ts';

/** A buffer above this is given back once its frame has been read. */
const KEPT_BUFFER_BYTES = 4096;

/**
 * Reads frames, from behind the magic on. Parts of chunks are delivered as they arrive: one frame that comes in
 * several reads becomes several `chunk` messages with advancing offsets, whose bodies are views of the pushed bytes,
 * valid during the call. Other frames are kept until they are whole: at most FRAME_BYTES_MAX bytes, and never more
 * than twice what has really arrived of the frame (64 bytes at least). After an error every further push throws it again.
 */
export function createSwarmDecoder(onMessage: (message: SwarmMessage) => void): Decoder {
  return new SwarmDecoder(onMessage);
}

/** Which part of a frame comes next. */
type State = 'head' | 'control' | 'chunk-head' | 'body' | 'skip';

class SwarmDecoder implements Decoder {
  readonly #onMessage: (message: SwarmMessage) => void;
  readonly #part = { index: 0, offset: 0, chunkBytes: 0 };
  #buffer = new Uint8Array(0);
  #buffered = 0;
  #state: State = 'head';
  #type = 0;
  /** Of the present state, in bytes; of `body` and `skip` what is still to come. */
  #needed = FRAME_HEAD_BYTES;
  /** Of the chunk frame whose head is being read. */
  #bodyBytes = 0;
  #error: RemoteProtocolError | undefined;

  constructor(onMessage: (message: SwarmMessage) => void) {
    this.#onMessage = onMessage;
  }

  push(bytes: Uint8Array): void {
    if (this.#error) throw this.#error;
    try {
      let at = 0;
      while (at < bytes.length) at += this.#take(bytes, at);
    } catch (error) {
      if (error instanceof RemoteProtocolError) this.#error = error;
      throw error;
    }
  }

  /** A frame that was cut off is no message. */
  end(): void {
    this.#buffer = new Uint8Array(0);
    this.#error ??= new RemoteProtocolError('bytes after the end of the stream');
  }

  /** Takes some bytes from `at` on, at least one, and returns how many. */
  #take(bytes: Uint8Array, at: number): number {
    const available = bytes.length - at;
    if (this.#state === 'body') return this.#deliverPart(bytes, at);
    if (this.#state === 'skip') {
      const skipped = Math.min(available, this.#needed);
      this.#needed -= skipped;
      if (this.#needed === 0) this.#expect('head', FRAME_HEAD_BYTES);
      return skipped;
    }
    if (this.#buffered === 0 && available >= this.#needed) {
      const taken = this.#needed;
      this.#onWhole(bytes, at);
      return taken;
    }
    const taken = Math.min(available, this.#needed - this.#buffered);
    this.#keep(bytes.subarray(at, at + taken));
    if (this.#buffered === this.#needed) {
      this.#onWhole(this.#buffer, 0);
      if (this.#buffer.length > KEPT_BUFFER_BYTES) this.#buffer = new Uint8Array(0);
    }
    return taken;
  }

  #expect(state: State, needed: number): void {
    this.#state = state;
    this.#needed = needed;
    this.#buffered = 0;
  }

  /** What was needed stands at `at`. */
  #onWhole(bytes: Uint8Array, at: number): void {
    if (this.#state === 'head') {
      this.#onHead(bytes, at);
      return;
    }
    const whole = bytes.subarray(at, at + this.#needed);
    if (this.#state === 'chunk-head') this.#onChunkHead(whole);
    else {
      this.#expect('head', FRAME_HEAD_BYTES);
      this.#onMessage(parseControlFrame(this.#type, whole));
    }
  }

  #onHead(bytes: Uint8Array, at: number): void {
    const length = bytes[at]! * 2 ** 24 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
    const payloadBytes = length - 1;
    this.#type = bytes[at + 4]!;
    if (payloadBytes < 0) throw new RemoteProtocolError('frame without a type');
    if (this.#type === FRAME_TYPES.chunk) {
      this.#bodyBytes = payloadBytes - CHUNK_HEAD_BYTES;
      if (this.#bodyBytes < 0 || this.#bodyBytes > PART_BYTES_MAX) {
        throw new RemoteProtocolError(
          `part of a chunk with ${this.#bodyBytes} bytes, not 0 to ${PART_BYTES_MAX}`,
        );
      }
      this.#expect('chunk-head', CHUNK_HEAD_BYTES);
      return;
    }
    const extension = this.#type >= EXTENSION_TYPE_MIN && !isKnownType(this.#type);
    if (!extension) checkPayloadBytes(this.#type, payloadBytes);
    else if (payloadBytes >= FRAME_BYTES_MAX) {
      throw new RemoteProtocolError(`extension frame of ${payloadBytes} bytes, above ${FRAME_BYTES_MAX}`);
    }
    if (payloadBytes > 0) this.#expect(extension ? 'skip' : 'control', payloadBytes);
    else {
      this.#expect('head', FRAME_HEAD_BYTES);
      if (!extension) this.#onMessage(parseControlFrame(this.#type, new Uint8Array(0)));
    }
  }

  #onChunkHead(bytes: Uint8Array): void {
    const reader = new FieldReader(bytes);
    const part = this.#part;
    part.index = reader.index();
    part.offset = reader.u53('offset');
    part.chunkBytes = reader.u53('chunk size');
    if (this.#bodyBytes > part.chunkBytes - part.offset || (this.#bodyBytes === 0 && part.chunkBytes > 0)) {
      throw new RemoteProtocolError(
        `part of ${this.#bodyBytes} bytes at ${part.offset} of a ${part.chunkBytes} byte chunk`,
      );
    }
    if (this.#bodyBytes > 0) this.#expect('body', this.#bodyBytes);
    else {
      this.#expect('head', FRAME_HEAD_BYTES);
      this.#onMessage({ type: 'chunk', ...part, body: bytes.subarray(0, 0) });
    }
  }

  #deliverPart(bytes: Uint8Array, at: number): number {
    const part = this.#part;
    const length = Math.min(bytes.length - at, this.#needed);
    const message: SwarmMessage = { type: 'chunk', ...part, body: bytes.subarray(at, at + length) };
    part.offset += length;
    this.#needed -= length;
    if (this.#needed === 0) this.#expect('head', FRAME_HEAD_BYTES);
    this.#onMessage(message);
    return length;
  }

  #keep(bytes: Uint8Array): void {
    const wanted = this.#buffered + bytes.length;
    if (wanted > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(this.#needed, Math.max(64, wanted, 2 * this.#buffered)));
      larger.set(this.#buffer.subarray(0, this.#buffered));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#buffered);
    this.#buffered = wanted;
  }
}
