import { closeSync, openSync, writeSync } from 'node:fs';
import { onDisk } from './store-errors.ts';

/** A new file that is written from its beginning to its end. */
export class PlainFile {
  readonly #path: string;
  readonly #descriptor: number;

  /** @throws {StoreError} it exists, or cannot be created */
  constructor(path: string) {
    this.#path = path;
    this.#descriptor = onDisk('create', path, () => openSync(path, 'wx'));
  }

  /** @throws {StoreError} disk full… */
  write(piece: Uint8Array): void {
    onDisk('write', this.#path, () => writeWhole(this.#descriptor, piece));
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** The system may take less than it is given, when a disk fills up say. */
export function writeWhole(descriptor: number, piece: Uint8Array): void {
  let offset = 0;
  while (offset < piece.length) offset += writeSync(descriptor, piece, offset);
}
