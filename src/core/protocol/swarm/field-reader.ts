import { RemoteProtocolError } from '../../errors.ts';
import type { ChunkClaim } from '../messages.ts';
import { CLAIM_BYTES } from './frame-types.ts';
import { CHUNKS_MAX, CLAIMS_MAX } from './limits.ts';

/** Codes of the hex digits. */
const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const hashText = new Array<number>(40);

/** Reads a whole frame's payload, field by field, big-endian. What it returns does not share its memory. */
export class FieldReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get restBytes(): number {
    return this.#bytes.length - this.#at;
  }

  u8(name: string, max = 0xff): number {
    return within(this.#view.getUint8(this.#advance(1)), 0, max, name);
  }

  u16(name: string, min = 0): number {
    return within(this.#view.getUint16(this.#advance(2)), min, 0xffff, name);
  }

  u32(name: string, max = 0xffffffff): number {
    return within(this.#view.getUint32(this.#advance(4)), 0, max, name);
  }

  /** 8 bytes, of which values to 2^53 - 1 are allowed. */
  u53(name: string): number {
    const at = this.#advance(8);
    const value = this.#view.getUint32(at) * 2 ** 32 + this.#view.getUint32(at + 4);
    return within(value, 0, Number.MAX_SAFE_INTEGER, name);
  }

  index(): number {
    return within(this.#view.getUint32(this.#advance(4)), 1, CHUNKS_MAX, 'chunk index');
  }

  /** All the rest. */
  indices(): number[] {
    const indices: number[] = [];
    while (this.restBytes > 0) indices.push(this.index());
    return indices;
  }

  raw(length: number): Uint8Array {
    const at = this.#advance(length);
    return new Uint8Array(this.#bytes.subarray(at, at + length));
  }

  claims(): ChunkClaim[] {
    const count = this.u32('number of claims', CLAIMS_MAX);
    if (count * CLAIM_BYTES > this.restBytes) throw new RemoteProtocolError('frame ends within its claims');
    const claims = new Array<ChunkClaim>(count);
    for (let at = 0; at < count; at++) {
      claims[at] = { index: this.index(), bytes: this.u53('size of a claimed chunk'), hash: this.#hash() };
    }
    return claims;
  }

  /** The frame must be read to its end. */
  end(): void {
    if (this.restBytes > 0) throw new RemoteProtocolError(`${this.restBytes} bytes too many in a frame`);
  }

  #hash(): string {
    const start = this.#advance(20);
    for (let at = 0; at < 20; at++) {
      const byte = this.#bytes[start + at]!;
      hashText[2 * at] = DIGITS[byte >> 4]!;
      hashText[2 * at + 1] = DIGITS[byte & 15]!;
    }
    return String.fromCharCode.apply(null, hashText);
  }

  #advance(length: number): number {
    const at = this.#at;
    if (length > this.#bytes.length - at) throw new RemoteProtocolError('frame ends within a field');
    this.#at = at + length;
    return at;
  }
}

function within(value: number, min: number, max: number, name: string): number {
  if (value >= min && value <= max) return value;
  throw new RemoteProtocolError(`${name} ${value} outside ${min} to ${max}`);
}
