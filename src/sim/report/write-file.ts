import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';

const SMALL_BYTES = 1024 * 1024;

/** A small file is written at once: to hand it to another thread and back takes longer than to write it. */
export async function writeWhole(path: string, pieces: readonly (string | Uint8Array)[]): Promise<void> {
  const bytes = pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece));
  const total = bytes.reduce((sum, { length }) => sum + length, 0);
  if (total <= SMALL_BYTES) writeFileSync(path, bytes.length === 1 ? bytes[0]! : Buffer.concat(bytes, total));
  else await writeFile(path, bytes);
}
