/** The files of a report as bytes, for a journey. */
import { promisify } from 'node:util';
import { deflateSync, inflate, inflateSync } from 'node:zlib';
import { RemoteProtocolError } from '../../core/errors.ts';
import { z } from 'zod';

/** Of each file its pieces, in order. */
export type ReportFiles = ReadonlyMap<string, readonly Uint8Array[]>;

/** Fast rather than small: a report is mostly text. */
const LEVEL = 1;
/** Whatever comes back is no larger than this. */
const BYTES_MAX = 2 ** 31;
const LENGTH_BYTES = 4;
/** To be unpacked at once: a thread of its own would cost more. */
const SMALL_BYTES = 256 * 1024;
/** Stands for the script of the page, which whoever unpacks has, too. */
const MARK = '\u0000page script\u0000';
const PAGE = 'report.html';

const headerSchema = z.array(
  z.strictObject({ name: z.string().regex(/^\w[\w.-]{0,99}$/), bytes: z.int().nonnegative() }),
);

const unpack = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate);

/**
 * At once, since whoever calls it has a thread of its own, and has nothing else to do.
 *
 * @param script of the page: left out of it, since it is most of a small report
 */
export function packReport(files: ReadonlyMap<string, Uint8Array | string>, script: string): Uint8Array {
  const shown = [...files].map(([name, content]) => ({ name, bytes: withoutScript(name, content, script) }));
  const header = Buffer.from(JSON.stringify(shown.map(({ name, bytes }) => ({ name, bytes: bytes.length }))));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(header.length);
  return deflateSync(Buffer.concat([length, header, ...shown.map(({ bytes }) => bytes)]), { level: LEVEL });
}

/**
 * @param script of the page, as bytes
 * @throws {RemoteProtocolError} the bytes are no such report
 */
export async function unpackReport(packed: Uint8Array, script: Uint8Array): Promise<ReportFiles> {
  try {
    const limits = { maxOutputLength: BYTES_MAX };
    const all =
      packed.length <= SMALL_BYTES ? inflateSync(packed, limits) : await unpack(Buffer.from(packed), limits);
    const headerEnd = LENGTH_BYTES + all.readUInt32BE();
    const header = headerSchema.parse(JSON.parse(all.subarray(LENGTH_BYTES, headerEnd).toString()));
    const files = new Map<string, readonly Uint8Array[]>();
    let at = headerEnd;
    for (const { name, bytes } of header) {
      files.set(name, withScript(name, all.subarray(at, at + bytes), script));
      at += bytes;
    }
    if (at !== all.length) throw new Error(`${all.length} bytes instead of ${at}`);
    return files;
  } catch (cause) {
    throw new RemoteProtocolError(`a report came damaged: ${(cause as Error).message}`, { cause });
  }
}

function withoutScript(name: string, content: Uint8Array | string, script: string): Uint8Array {
  const text = typeof content === 'string' ? content : undefined;
  const at = name === PAGE ? text?.indexOf(script) : -1;
  if (text === undefined || at === undefined || at === -1 || text.includes(MARK)) return Buffer.from(content);
  return Buffer.from(`${text.slice(0, at)}${MARK}${text.slice(at + script.length)}`);
}

function withScript(name: string, bytes: Buffer, script: Uint8Array): readonly Uint8Array[] {
  const at = name === PAGE ? bytes.indexOf(MARK) : -1;
  if (at === -1) return [bytes];
  return [bytes.subarray(0, at), script, bytes.subarray(at + Buffer.byteLength(MARK))];
}
