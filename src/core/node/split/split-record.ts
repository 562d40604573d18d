import { readTextFile } from '../store/text-file.ts';
import { basename, dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { StoreError } from '../../errors.ts';
import { errnoOf } from '../store/store-errors.ts';

/** Beside the folders, not in them: a classic client meets only what it knows. */
export const RECORD_NAME = 'split.json';

const recordSchema = z.object({
  format: z.literal('swarm-lab split 1'),
  fileName: z.string(),
  bytes: z.int().nonnegative(),
  /** Lower-case hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Of every chunk but the last, which has the rest. */
  chunkBytes: z.int().positive(),
  totalChunks: z.int().positive(),
  /** Of chunk i at [i-1], lower-case hex, as clients and trackers of the hashed edition tell it. Older records lack it. */
  chunkSha1: z.array(z.string().regex(/^[0-9a-f]{40}$/)).optional(),
  folders: z.array(z.object({ name: z.string(), chunks: z.int().nonnegative() })),
});

/** What `split` notes about the file it has split: `split.json`. */
export type SplitRecord = z.infer<typeof recordSchema>;

/** Where the record of the split that made a folder would be. */
export function recordPath(folder: string): string {
  return join(dirname(resolve(folder)), RECORD_NAME);
}

/**
 * The record of the split that made this folder; `undefined` when there is none beside it, or one that is about
 * other folders.
 *
 * @throws {StoreError} there is one, but it cannot be read or is damaged
 */
export function readSplitRecord(folder: string, totalChunks: number): SplitRecord | undefined {
  const path = recordPath(folder);
  let record: SplitRecord;
  try {
    record = recordSchema.parse(JSON.parse(readTextFile(path)));
  } catch (error) {
    const isUnread = error instanceof StoreError;
    if (isUnread && errnoOf(error.cause) === 'ENOENT') return undefined;
    if (isUnread) throw error;
    throw new StoreError(
      `${path} is damaged or was not written by split; remove it to join without this check`,
      {
        cause: error,
      },
    );
  }
  const isAboutIt =
    record.totalChunks === totalChunks &&
    (record.chunkSha1 === undefined || record.chunkSha1.length === totalChunks) &&
    record.folders.some(({ name }) => name === basename(resolve(folder)));
  return isAboutIt ? record : undefined;
}
