/** The files of a report as bytes, for a journey. */
import { RemoteProtocolError } from '../../core/errors.ts';
import type { RunResult } from '../result/result.ts';
import { z } from 'zod';
import { packedNow, unpacked } from './packed.ts';

/** Of each file its pieces, in order. */
export type ReportFiles = ReadonlyMap<string, readonly Uint8Array[]>;

/** Whatever comes back is no larger than this. */
const BYTES_MAX = 2 ** 31;
const LENGTH_BYTES = 4;
/** Stands in report.html for the script of the page, which whoever unpacks has, too, and which is most of a small report. */
export const SCRIPT_MARK = '\u0000page script\u0000';
const PAGE = 'report.html';

const headerSchema = z.array(
  z.strictObject({ name: z.string().regex(/^\w[\w.-]{0,99}$/), bytes: z.int().nonnegative() }),
);

/** At once, since whoever calls it has a thread of its own, and has nothing else to do. */
export function packReport(files: ReadonlyMap<string, Uint8Array | string>): Uint8Array {
  const shown = [...files].map(([name, content]) => ({ name, bytes: Buffer.from(content) }));
  const header = Buffer.from(JSON.stringify(shown.map(({ name, bytes }) => ({ name, bytes: bytes.length }))));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(header.length);
  return packedNow([length, header, ...shown.map(({ bytes }) => bytes)]);
}

/**
 * @param script of the page, as bytes
 * @throws {RemoteProtocolError} the bytes are no such report
 */
export async function unpackReport(packed: Uint8Array, script: Uint8Array): Promise<ReportFiles> {
  try {
    const all = await unpacked(packed, BYTES_MAX);
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

/** What is read of it where it is stored and summed up; it was written by the same program, so no more is asked. */
const resultSchema = z.looseObject({
  startedAt: z.iso.datetime(),
  seed: z.string(),
  scenario: z.looseObject({ name: z.string() }),
});

/** @throws {RemoteProtocolError} the report has no result, or something else in its place */
export function resultIn(files: ReportFiles): RunResult {
  try {
    const result: unknown = JSON.parse(Buffer.concat(files.get('result.json') ?? []).toString());
    return resultSchema.parse(result) as unknown as RunResult;
  } catch (cause) {
    throw new RemoteProtocolError('a report came damaged: its result.json is none', { cause });
  }
}

function withScript(name: string, bytes: Buffer, script: Uint8Array): readonly Uint8Array[] {
  const at = name === PAGE ? bytes.indexOf(SCRIPT_MARK) : -1;
  if (at === -1) return [bytes];
  return [bytes.subarray(0, at), script, bytes.subarray(at + Buffer.byteLength(SCRIPT_MARK))];
}
