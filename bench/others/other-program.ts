/** Other programs that distribute a file, if they are installed: nothing of them is part of the laboratory. */
import { spawn, spawnSync } from 'node:child_process';
import { EngineError } from '../../src/core/errors.ts';

export interface Distribution {
  /** What the seeder has; the others must get the same bytes. */
  readonly file: string;
  /** Empty: for the leechers' folders. */
  readonly folder: string;
  readonly leechers: number;
  readonly chunkBytes: number;
  readonly signal: AbortSignal;
}

export interface OtherProgram {
  /** With its version. */
  readonly title: string;
  /** What counts as its time, where that is not the same as ours. */
  readonly about: string;
  /**
   * @returns makespan in ms
   * @throws {EngineError} somebody did not get the file
   */
  distribute(distribution: Distribution): Promise<number>;
}

/** What a program prints for these words; undefined: there is no such program, or it failed. */
export function outputOf(program: string, ...words: string[]): string | undefined {
  const { status, stdout } = spawnSync(program, words, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** Its standard output, once it has ended well. @throws {EngineError} it has not, with what it said */
export function runToEnd(program: string, words: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], signal });
    let output = '';
    let complaint = '';
    child.stdout.on('data', (piece: Buffer) => (output += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (complaint += piece.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new EngineError(`${program} ended with ${code}: ${complaint.trim().slice(-500)}`));
    });
  });
}
