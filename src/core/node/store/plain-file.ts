import { closeSync, openSync, writeSync } from 'node:fs';
import { onDisk } from './store-errors.ts';

/** A new file that is written from its beginning to its end. */
export class PlainFile {
  readonly #shownAs: string;
  readonly #descriptor: number;

  /**
   * @param shownAs what errors call it: the name that it will have, where `path` is a temporary one
   * @throws {StoreError} it exists, or cannot be created
   */
  constructor(path: string, shownAs = path) {
    this.#shownAs = shownAs;
    this.#descriptor = onDisk('create', shownAs, () => openSync(path, 'wx'));
  }

  /** @throws {StoreError} disk full… */
  write(piece: Uint8Array): void {
    onDisk('write', this.#shownAs, () => writeWhole(this.#descriptor, piece));
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
