import { THIS_MACHINE, readSystemFile } from './system-files.ts';

/** How many files and sockets this process may have open; null where the system does not say. */
export function openFilesMax(root = THIS_MACHINE): number | null {
  const limit = /^Max open files\s+(\d+)/m.exec(readSystemFile(root, 'proc/self/limits'))?.[1];
  return limit === undefined ? null : Number(limit);
}
