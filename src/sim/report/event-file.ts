import { appendFileSync, closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import type { SwarmEvent } from '../../core/events.ts';
import { renderEventLine } from './json.ts';

/** Enough characters to make a write worth it, few enough to keep memory low. */
const PIECE_CHARACTERS = 256 * 1024;

/**
 * events.jsonl, written while the run goes on; synchronously, so that what waits to be written is never much. There is no
 * file before there is much to be written, or `close`.
 */
export class EventFile {
  readonly #path: string;
  #file: number | undefined;
  readonly #onFailed: () => void;
  #piece = '';
  #failure: { readonly error: unknown } | undefined;

  /** @param onFailed called once, at the first event that could not be written; `close` tells why */
  constructor(path: string, onFailed: () => void) {
    this.#path = path;
    this.#onFailed = onFailed;
  }

  /** Never throws: a swarm knows nothing of files. */
  add(event: SwarmEvent): void {
    if (this.#failure !== undefined) return;
    this.#piece += renderEventLine(event);
    if (this.#piece.length >= PIECE_CHARACTERS) this.#write();
  }

  /** @throws what the file system did */
  close(): void {
    this.#write();
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** What the file would hold, instead of the file. @throws what the file system did */
  take(): Uint8Array {
    if (this.#file === undefined && this.#failure === undefined) return Buffer.from(this.#piece);
    this.close();
    const bytes = readFileSync(this.#path);
    this.discard();
    return bytes;
  }

  /** No file is left. */
  discard(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    rmSync(this.#path, { force: true });
  }

  #write(): void {
    if (this.#failure !== undefined) return;
    try {
      this.#file ??= openSync(this.#path, 'wx');
      appendFileSync(this.#file, this.#piece);
      this.#piece = '';
    } catch (error) {
      this.#failure = { error };
      this.#piece = '';
      this.#onFailed();
    }
  }
}
