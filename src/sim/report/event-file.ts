import { appendFileSync, closeSync, openSync } from 'node:fs';
import type { SwarmEvent } from '../../core/events.ts';
import { renderEventLine } from './json.ts';

/** Enough characters to make a write worth it, few enough to keep memory low. */
const PIECE_CHARACTERS = 256 * 1024;

/** events.jsonl, written while the run goes on; synchronously, so that what waits to be written is never much. */
export class EventFile {
  readonly #file: number;
  readonly #onFailed: () => void;
  #piece = '';
  #failure: { readonly error: unknown } | undefined;

  /**
   * @param onFailed called once, at the first event that could not be written; `close` tells why
   * @throws what the file system does
   */
  constructor(path: string, onFailed: () => void) {
    this.#file = openSync(path, 'wx');
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
    closeSync(this.#file);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #write(): void {
    if (this.#failure !== undefined) return;
    try {
      appendFileSync(this.#file, this.#piece);
      this.#piece = '';
    } catch (error) {
      this.#failure = { error };
      this.#piece = '';
      this.#onFailed();
    }
  }
}
