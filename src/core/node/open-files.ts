import { closeSync, openSync } from 'node:fs';
import { onDisk } from './store-errors.ts';

/** Descriptors of the files read last, so that a chunk sent in many pieces is opened once. */
export class OpenFiles {
  readonly #limit: number;
  /** Least recently used first. */
  readonly #descriptors = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A descriptor for reading, valid until the next call. @throws {StoreError} cannot be opened */
  descriptor(path: string): number {
    let descriptor = this.#descriptors.get(path);
    if (descriptor === undefined) {
      descriptor = onDisk('open', path, () => openSync(path, 'r'));
    } else {
      this.#descriptors.delete(path);
    }
    this.#descriptors.set(path, descriptor);
    if (this.#descriptors.size > this.#limit) {
      const [oldest] = this.#descriptors;
      this.#descriptors.delete(oldest![0]);
      closeSync(oldest![1]);
    }
    return descriptor;
  }

  close(): void {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
    this.#descriptors.clear();
  }
}
