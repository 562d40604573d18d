import { LocalProtocolError } from '../../errors.ts';
import type { ChunkClaim } from '../messages.ts';
import { CHUNKS_MAX, CLAIMS_MAX } from './limits.ts';

/** Fills a buffer of known size, field by field, big-endian; refuses what the protocol does not allow. */
export class FieldWriter {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u8(value: number, name: string, max = 0xff): void {
    this.#view.setUint8(this.#at, checked(value, 0, max, name));
    this.#at += 1;
  }

  u16(value: number, name: string, min = 0): void {
    this.#view.setUint16(this.#at, checked(value, min, 0xffff, name));
    this.#at += 2;
  }

  u32(value: number, name: string, max = 0xffffffff): void {
    this.#view.setUint32(this.#at, checked(value, 0, max, name));
    this.#at += 4;
  }

  /** 8 bytes, of which values to 2^53 - 1 are allowed. */
  u53(value: number, name: string): void {
    checked(value, 0, Number.MAX_SAFE_INTEGER, name);
    this.#view.setUint32(this.#at, Math.floor(value / 2 ** 32));
    this.#view.setUint32(this.#at + 4, value >>> 0);
    this.#at += 8;
  }

  index(value: number): void {
    this.#view.setUint32(this.#at, checked(value, 1, CHUNKS_MAX, 'chunk index'));
    this.#at += 4;
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  ascii(text: string): void {
    for (let at = 0; at < text.length; at++) this.bytes[this.#at++] = text.charCodeAt(at);
  }

  claims(claims: readonly ChunkClaim[]): void {
    this.u32(claims.length, 'number of claims', CLAIMS_MAX);
    for (const claim of claims) {
      this.index(claim.index);
      this.u53(claim.bytes, 'size of a claimed chunk');
      this.#hash(claim.hash);
    }
  }

  #hash(hex: string): void {
    if (!/^[0-9a-f]{40}$/.test(hex)) throw new LocalProtocolError(`not a SHA-1 in lower-case hex: ${hex}`);
    for (let at = 0; at < 40; at += 2) {
      this.bytes[this.#at++] = (hexDigit(hex.charCodeAt(at)) << 4) | hexDigit(hex.charCodeAt(at + 1));
    }
  }
}

function hexDigit(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}

function checked(value: number, min: number, max: number, name: string): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new LocalProtocolError(`${name} ${value} outside ${min} to ${max}`);
}
