import { setImmediate } from 'node:timers/promises';
import { MIB } from '../units.ts';

/** About 20 ms of reading, hashing and writing. */
const STRIDE_BYTES = 16 * MIB;

export interface PaceOptions {
  /** Its reason is thrown by the work it stops. */
  readonly signal?: AbortSignal;
  /** Told every 16 MiB and at the end. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** Lets long synchronous work give way to the thread's other work, tell how far it is, and be stopped. */
export class Pace {
  readonly #totalBytes: number;
  readonly #options: PaceOptions;
  #doneBytes = 0;
  #toldBytes = 0;

  constructor(totalBytes: number, options: PaceOptions = {}) {
    this.#totalBytes = totalBytes;
    this.#options = options;
  }

  async add(bytes: number): Promise<void> {
    this.#doneBytes += bytes;
    if (this.#doneBytes - this.#toldBytes < STRIDE_BYTES && this.#doneBytes !== this.#totalBytes) return;
    this.#toldBytes = this.#doneBytes;
    this.#options.onProgress?.(this.#doneBytes, this.#totalBytes);
    await setImmediate();
    this.#options.signal?.throwIfAborted();
  }
}
