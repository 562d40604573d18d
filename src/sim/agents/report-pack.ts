/** The files of a report as bytes, for a journey. */
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import { RemoteProtocolError } from '../../core/errors.ts';
import { z } from 'zod';

export type ReportFiles = ReadonlyMap<string, Uint8Array>;

/** Fast rather than small: a report is mostly text. */
const LEVEL = 1;
/** Whatever comes back is no larger than this. */
const BYTES_MAX = 2 ** 31;
const LENGTH_BYTES = 4;
/** Stands for the script of the page, which whoever unpacks has, too. */
const MARK = '\u0000page script\u0000';
const PAGE = 'report.html';

const headerSchema = z.array(
  z.strictObject({ name: z.string().regex(/^\w[\w.-]{0,99}$/), bytes: z.int().nonnegative() }),
);

const pack = promisify(deflate);
const unpack = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate);

/** @param script of the page: left out of it, since it is most of a small report */
export async function packReport(files: ReportFiles, script: string): Promise<Uint8Array> {
  const shown = [...files].map(([name, bytes]) => ({ name, bytes: withoutScript(name, bytes, script) }));
  const header = Buffer.from(JSON.stringify(shown.map(({ name, bytes }) => ({ name, bytes: bytes.length }))));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(header.length);
  return pack(Buffer.concat([length, header, ...shown.map(({ bytes }) => bytes)]), { level: LEVEL });
}

/** @throws {RemoteProtocolError} the bytes are no such report */
export async function unpackReport(packed: Uint8Array, script: string): Promise<ReportFiles> {
  try {
    const all = await unpack(Buffer.from(packed), { maxOutputLength: BYTES_MAX });
    const headerEnd = LENGTH_BYTES + all.readUInt32BE();
    const header = headerSchema.parse(JSON.parse(all.subarray(LENGTH_BYTES, headerEnd).toString()));
    const files = new Map<string, Uint8Array>();
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

function withoutScript(name: string, bytes: Uint8Array, script: string): Uint8Array {
  if (name !== PAGE) return bytes;
  const page = Buffer.from(bytes);
  const text = Buffer.from(script);
  const at = page.indexOf(text);
  if (at === -1 || page.includes(MARK)) return bytes;
  return Buffer.concat([page.subarray(0, at), Buffer.from(MARK), page.subarray(at + text.length)]);
}

function withScript(name: string, bytes: Buffer, script: string): Uint8Array {
  const at = name === PAGE ? bytes.indexOf(MARK) : -1;
  if (at === -1) return bytes;
  return Buffer.concat([
    bytes.subarray(0, at),
    Buffer.from(script),
    bytes.subarray(at + Buffer.byteLength(MARK)),
  ]);
}
