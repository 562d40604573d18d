/** Files of /proc and /sys, below a root that tests choose. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The root of the file system of this machine. */
export const THIS_MACHINE = '/';

/** '' where the system has no such file, or it may not be read. */
export function readSystemFile(root: string, ...path: string[]): string {
  try {
    return readFileSync(join(root, ...path), 'utf8');
  } catch {
    return '';
  }
}

/** The number behind `name` in a file of lines `name number`, as in `memory.stat`; 0 where there is none. */
export function figureOf(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}
