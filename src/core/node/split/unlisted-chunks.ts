/** Chunks that lie in a folder but not in its list: most programs of others never add what they have received. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { chunkName } from '../store/local-chunks.ts';
import { onDisk } from '../store/store-errors.ts';

export interface UnlistedChunk {
  readonly index: number;
  readonly name: string;
  readonly bytes: number;
}

export interface UnlistedChunks {
  readonly found: readonly UnlistedChunk[];
  /** Files whose size cannot be right: broken off, or something else. */
  readonly misfits: readonly UnlistedChunk[];
  /** What every chunk but the last has, if all those that are listed have one size. */
  readonly usualBytes: number | undefined;
}

/**
 * Looks for `chunk_<i>` of each missing index. All chunks of a file but the last have one size, and the last is no
 * larger.
 *
 * @param listed sizes of the listed chunks
 */
export function findUnlisted(
  folder: string,
  missing: readonly number[],
  listed: ReadonlyMap<number, number>,
  totalChunks: number,
): UnlistedChunks {
  const there = missing.flatMap((index) => {
    const name = chunkName(index);
    const path = join(folder, name);
    const about = onDisk('look at', path, () => lstatSync(path, { throwIfNoEntry: false }));
    return about?.isFile() ? [{ index, name, bytes: about.size }] : [];
  });
  const listedSizes = new Set([...listed].filter(([index]) => index < totalChunks).map(([, bytes]) => bytes));
  const usualBytes = listedSizes.size === 1 ? [...listedSizes][0] : undefined;
  const fits = ({ index, bytes }: UnlistedChunk): boolean => {
    if (bytes === 0) return false;
    if (usualBytes === undefined) return true;
    return index === totalChunks ? bytes <= usualBytes : bytes === usualBytes;
  };
  return {
    found: there.filter(fits),
    misfits: there.filter((chunk) => !fits(chunk)),
    usualBytes,
  };
}
