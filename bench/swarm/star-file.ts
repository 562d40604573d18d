import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateChunk } from '../../src/sim/content/generated.ts';

/** A folder with the file that the star sends, where the swarm keeps its folders too: in the system's temporary one. */
export class StarFile {
  readonly folder = mkdtempSync(join(tmpdir(), 'swarm-lab-star-'));
  readonly path = join(this.folder, 'file');
  readonly hash: string;
  readonly #removeAtExit = (): void => rmSync(this.folder, { recursive: true, force: true });

  constructor(bytes: number) {
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
