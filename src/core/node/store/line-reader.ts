import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

const PIECE_BYTES = 256 * 1024;

/** The lines of a text file one after another, synchronously, with little of the file in memory. */
export class LineReader {
  readonly #file: number;
  readonly #lines: Generator<string, void>;

  /** @throws what the file system does */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
    this.#lines = this.#read();
  }

  /** Without its end; undefined: there is none left. @throws what the file system does */
  next(): string | undefined {
    return this.#lines.next().value ?? undefined;
  }

  close(): void {
    closeSync(this.#file);
  }

  *#read(): Generator<string, void> {
    const decoder = new StringDecoder('utf8');
    const piece = Buffer.alloc(PIECE_BYTES);
    let begun = '';
    for (;;) {
      const bytes = readSync(this.#file, piece);
      if (bytes === 0) break;
      const lines = `${begun}${decoder.write(piece.subarray(0, bytes))}`.split('\n');
      begun = lines.pop()!;
      yield* lines;
    }
    if (begun !== '') yield begun;
  }
}
