import { createHash } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { generateChunk } from '../../src/sim/content/generated.ts';
import { makeScratch } from '../../src/sim/engines/threads/scratch.ts';

/** A folder with the file that the star sends, where the swarm keeps its folders too. */
export class StarFile {
  readonly folder: string;
  readonly path: string;
  readonly hash: string;
  readonly #removeAtExit = (): void => rmSync(this.folder, { recursive: true, force: true });

  /** @param receivers who will write the file to `folder` as well */
  constructor(bytes: number, receivers: number) {
    this.folder = makeScratch(bytes * (1 + receivers)).folder;
    this.path = join(this.folder, 'file');
    process.on('exit', this.#removeAtExit);
    const hash = createHash('sha1');
    const fd = openSync(this.path, 'w');
    try {
      for (const piece of generateChunk('star', 1, bytes)) {
        hash.update(piece);
        writeSync(fd, piece);
      }
    } finally {
      closeSync(fd);
    }
    this.hash = hash.digest('hex');
  }

  remove(): void {
    process.off('exit', this.#removeAtExit);
    this.#removeAtExit();
  }
}
