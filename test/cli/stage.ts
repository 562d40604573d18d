/** A place for tests of the standalone programs: a folder that is removed, and programs that are ended. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inject } from 'vitest';
import { RunningProgram } from '../support/programs.ts';

const repository = join(import.meta.dirname, '..', '..');
export const classicFolders = ['folder1', 'folder2', 'folder3'] as const;

/** Looks again and again: for what is seen on disk, which nobody tells. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(20);
}

export class Stage {
  /** Where the programs are started; logs.log appears here. */
  readonly folder = mkdtempSync(join(tmpdir(), 'swarm-cli-'));
  readonly #programs: RunningProgram[] = [];

  start(program: 'client' | 'tracker', ...args: string[]): RunningProgram {
    const running = new RunningProgram(inject('bundleFolder'), program, args, this.folder);
    running.showWhenTestFails();
    this.#programs.push(running);
    return running;
  }

  /** Starts a tracker, on a free port if none is given, and tells the port. */
  async tracker(...args: string[]): Promise<{ readonly program: RunningProgram; readonly port: number }> {
    const program = this.start('tracker', '-port', '0', ...args);
    const [, port] = await program.says(/listening on \S+:(\d+)/);
    return { program, port: Number(port) };
  }

  /** Starts a client on a free port. Options given here win over the usual ones. */
  client(name: string, folder: string, trackerPort: number, ...args: string[]): RunningProgram {
    const usual = [
      '-folder',
      folder,
      '-transfer_port',
      '0',
      '-name',
      name,
      '-tracker',
      `localhost:${trackerPort}`,
    ];
    return this.start('client', ...usual, ...args);
  }

  /** Copies of the classic three, so that nothing writes to them. */
  copyClassicFolders(): void {
    for (const name of classicFolders) {
      cpSync(join(repository, 'folders', name), join(this.folder, name), { recursive: true });
    }
  }

  /** A folder that holds some of the chunks. */
  makeFolder(name: string, totalChunks: number, held: ReadonlyMap<number, Buffer>): string {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    const lines = [...held.keys()].map((index) => `${index},chunk_${index}\n`);
    writeFileSync(join(folder, 'local_chunks.txt'), `${lines.join('')}${totalChunks},LASTCHUNK\n`);
    for (const [index, body] of held) writeFileSync(join(folder, `chunk_${index}`), body);
    return folder;
  }

  /** SHA-1 of each chunk, 1 to total; throws where one is missing. */
  hashes(folder: string, totalChunks: number): string[] {
    return Array.from({ length: totalChunks }, (_, at) =>
      createHash('sha1')
        .update(readFileSync(join(this.folder, folder, `chunk_${at + 1}`)))
        .digest('hex'),
    );
  }

  heldIndices(folder: string): number[] {
    const list = readFileSync(join(this.folder, folder, 'local_chunks.txt'), 'utf8');
    return [...list.matchAll(/^(\d+), *(?!LASTCHUNK)\S+ *\r?$/gm)].map((match) => Number(match[1]));
  }

  totalChunks(folder: string): number {
    const list = readFileSync(join(this.folder, folder, 'local_chunks.txt'), 'utf8');
    return Number(/^(\d+), *LASTCHUNK/m.exec(list)![1]);
  }

  logExists(): boolean {
    return existsSync(join(this.folder, 'logs.log'));
  }

  log(): string[] {
    return readFileSync(join(this.folder, 'logs.log'), 'utf8').trimEnd().split('\n');
  }

  async close(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.destroy()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
