import { copyFileSync, linkSync, mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeList } from '../../../core/node/store/chunk-files.ts';
import { errnoOf, onDisk } from '../../../core/node/store/store-errors.ts';
import type { ChunkFile } from '../../content/original.ts';
import { makeScratch } from './scratch.ts';

/** The temporary directory of one run. It is gone when the run is over, however the program ends. */
export class Workspace {
  readonly folder: string;
  /** Whether the folders are in memory, not on a disk. */
  readonly inMemory: boolean;
  readonly originalFolder: string;
  readonly #removeAtExit = (): void => rmSync(this.folder, { recursive: true, force: true });

  /**
   * @param neededBytes of all the folders at the end of the run
   * @throws {StoreError} it cannot be made; then nothing of it is left
   */
  constructor(neededBytes: number) {
    const { folder, inMemory } = makeScratch(neededBytes);
    this.folder = folder;
    this.inMemory = inMemory;
    this.originalFolder = join(this.folder, 'original');
    process.on('exit', this.#removeAtExit);
    try {
      onDisk('create', this.originalFolder, () => mkdirSync(this.originalFolder));
    } catch (error) {
      this.#removeAtExit();
      process.off('exit', this.#removeAtExit);
      throw error;
    }
  }

  /** Where the peer at this position of the plan keeps its chunks. */
  peerFolder(position: number): string {
    return join(this.folder, `peer-${position + 1}`);
  }

  /** Makes the peer's folder as it is at the start, in place of what may be there. @throws {StoreError} */
  fillPeerFolder(position: number, totalChunks: number, held: readonly ChunkFile[]): void {
    const folder = this.peerFolder(position);
    onDisk('remove', folder, () => rmSync(folder, { recursive: true, force: true }));
    onDisk('create', folder, () => mkdirSync(folder));
    for (const { path, name } of held) {
      onDisk('create', join(folder, name), () => linkOrCopy(path, join(folder, name)));
    }
    writeList(folder, totalChunks, held);
  }

  /** @throws what the file system does: then something of it is left */
  async remove(): Promise<void> {
    try {
      await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
    } finally {
      // What could not be removed is told by who called; one more try at the exit would end the program by it.
      process.off('exit', this.#removeAtExit);
    }
  }
}

/** Stores never write into a file that is there: they replace it. So many folders may share one. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw error;
    copyFileSync(from, to);
  }
}
