import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../../core/errors.ts';
import { reasonOf } from '../../core/node/store/store-errors.ts';
import type { ExportFile } from './formats.ts';

/** Enough characters to make a write worth it. */
const PIECE_CHARACTERS = 256 * 1024;

/**
 * Writes a file and returns its path. It appears under its name only when it is whole.
 *
 * @throws {StoreError} it cannot be written
 * @throws {ConfigError} its content cannot be made
 */
export function writeExport(folder: string, { name, content }: ExportFile): string {
  const path = join(folder, name);
  const draft = join(folder, `.${name}.draft-${process.pid}`);
  onDisk(path, () => mkdirSync(folder, { recursive: true }));
  try {
    const file = onDisk(path, () => openSync(draft, 'w'));
    try {
      for (const piece of piecesOf(content)) onDisk(path, () => writeWhole(file, piece));
    } finally {
      closeSync(file);
    }
    onDisk(path, () => renameSync(draft, path));
    return path;
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function writeWhole(file: number, piece: string | Uint8Array): void {
  const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

function* piecesOf(content: ExportFile['content']): Generator<string | Uint8Array> {
  if (typeof content === 'string' || content instanceof Uint8Array) {
    yield content;
    return;
  }
  let piece = '';
  for (const part of content) {
    piece += part;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function onDisk<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    throw new StoreError(`cannot write ${path}: ${reasonOf(cause)}; choose another folder by --out`, {
      cause,
    });
  }
}
