/** What a folder has received since its list was written, so that a kill in the next moment loses nothing of it. */
import { appendFileSync, lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ChunkInfo } from '../../interfaces.ts';
import { chunkName } from './local-chunks.ts';
import { onDisk } from './store-errors.ts';
import { readTextFile } from './text-file.ts';
import { StoreError } from '../../errors.ts';

const JOURNAL_NAME = '.received_chunks';
const LINE = /^(\d+),(\d+),([0-9a-f]{40})$/;

/** A short file of lines `<index>,<bytes>,<SHA-1>`; it is there only while the list is behind. */
export class ReceivedJournal {
  readonly #path: string;
  #isThere = true;

  constructor(folder: string) {
    this.#path = join(folder, JOURNAL_NAME);
  }

  /** Call it when the chunk's file is in place. @throws {StoreError} it cannot be written */
  add(index: number, { bytes, hash }: ChunkInfo): void {
    this.#isThere = true;
    onDisk('write', this.#path, () => appendFileSync(this.#path, `${index},${bytes},${hash}\n`));
  }

  /** The list has it all. @throws {StoreError} it cannot be removed */
  clear(): void {
    if (!this.#isThere) return;
    onDisk('remove', this.#path, () => rmSync(this.#path, { force: true }));
    this.#isThere = false;
  }
}

/**
 * What a killed program had received, as far as a regular file of that size is there: its content is still to be
 * checked. A line that was cut short by the kill does not count.
 */
export function readReceived(folder: string, totalChunks: number): Map<number, ChunkInfo> {
  const received = new Map<number, ChunkInfo>();
  for (const line of linesOf(join(folder, JOURNAL_NAME))) {
    const [, number, size, hash] = LINE.exec(line) ?? [];
    const [index, bytes] = [Number(number), Number(size)];
    if (hash === undefined || index < 1 || index > totalChunks) continue;
    const about = lstatSync(join(folder, chunkName(index)), { throwIfNoEntry: false });
    if (about?.isFile() && about.size === bytes) received.set(index, { bytes, hash });
  }
  return received;
}

function linesOf(path: string): string[] {
  try {
    return readTextFile(path).split('\n');
  } catch (error) {
    if (error instanceof StoreError) return [];
    throw error;
  }
}
