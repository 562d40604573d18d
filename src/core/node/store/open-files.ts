import { closeSync, readSync } from 'node:fs';
import { openRegular } from './regular-file.ts';
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
      descriptor = openRegular(path);
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

  /** Fills the body from this offset on. Returns how many bytes there were. @throws {StoreError} disk error */
  read(path: string, body: Uint8Array, offset: number): number {
    const descriptor = this.descriptor(path);
    let filled = 0;
    while (filled < body.length) {
      const count = onDisk('read', path, () =>
        readSync(descriptor, body, filled, body.length - filled, offset + filled),
      );
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  /** The file is gone: another may come to have its name. */
  forget(path: string): void {
    const descriptor = this.#descriptors.get(path);
    if (descriptor === undefined) return;
    this.#descriptors.delete(path);
    closeSync(descriptor);
  }

  close(): void {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
    this.#descriptors.clear();
  }
}
