/** Opening files that a user named, which may be anything: a named pipe without a writer would be waited for for ever. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { onDisk } from './store-errors.ts';

/** `ENOTREG`: something else than a file has the name. */
class NotRegularError extends Error {
  readonly code = 'ENOTREG';
}

/**
 * Opens for reading what must be a regular file, and never waits for it.
 *
 * @returns its descriptor
 * @throws {StoreError} it cannot be opened, or is a folder, a pipe, a socket or a device
 */
export function openRegular(path: string): number {
  return onDisk('open', path, () => {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const about = fstatSync(descriptor);
      if (about.isFile()) return descriptor;
      throw new NotRegularError(`it is a ${kindOf(about)}, not a regular file`);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  });
}

function kindOf(about: Stats): string {
  if (about.isDirectory()) return 'folder';
  if (about.isFIFO()) return 'named pipe';
  return about.isSocket() ? 'socket' : 'device';
}
