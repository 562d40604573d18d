/** Text files that a user names: read whole, never waited for, and told when they are not UTF-8. */
import { isUtf8 } from 'node:buffer';
import { closeSync, readFileSync } from 'node:fs';
import { StoreError } from '../../errors.ts';
import { openRegular } from './regular-file.ts';
import { onDisk } from './store-errors.ts';

/** What a shell hands over (`sim <(…)`, `sim /dev/stdin`) has somebody at its other end. */
const FROM_SHELL = /^\/(?:dev\/(?:stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/;
/** Enough signs to tell text that has a NUL beside each from text that has none. */
const LOOKED_AT_BYTES = 64;

/**
 * Reads a file of UTF-8.
 *
 * @throws {StoreError} it cannot be read, is no regular file, is saved as UTF-16 or is no text; the error of the file system is
 *   its cause
 */
export function readTextFile(path: string): string {
  const bytes = FROM_SHELL.test(path) ? onDisk('read', path, () => readFileSync(path)) : readRegular(path);
  if (isUtf16(bytes)) throw new StoreError(`${path} is saved as UTF-16; save it as UTF-8`);
  if (isBinary(bytes)) throw new StoreError(`${path} is not a text file; give a text file of UTF-8`);
  return bytes.toString('utf8');
}

function readRegular(path: string): Buffer {
  const descriptor = openRegular(path);
  try {
    return onDisk('read', path, () => readFileSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

/** A picture, an archive or the like. Text of an older encoding has no control characters. */
function isBinary(bytes: Buffer): boolean {
  return !isUtf8(bytes) && /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(bytes.toString('latin1'));
}

/** By its byte order mark or, without one, by the NUL that stands beside every sign of Latin script. */
function isUtf16(bytes: Buffer): boolean {
  if (bytes.length < 2) return false;
  const mark = bytes.readUInt16BE(0);
  if (mark === 0xfffe || mark === 0xfeff) return true;
  if (bytes.length % 2 !== 0) return false;
  const looked = bytes.subarray(0, LOOKED_AT_BYTES);
  const nulsAt = (side: 0 | 1): number => looked.filter((byte, at) => at % 2 === side && byte === 0).length;
  const [even, odd] = [nulsAt(0), nulsAt(1)];
  return Math.abs(even - odd) > looked.length / 4;
}
