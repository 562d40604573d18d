/** Paths of files that a user gives to be read. */
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/**
 * npm starts a program in the folder of its package, wherever the user is, and tells in INIT_CWD where that is. So a path
 * that leads nowhere from here, and somewhere from there, was meant from there.
 *
 * @param program whose script npm must have started: below another script, INIT_CWD is not where the user is
 */
export function givenPath(path: string, program: string, env: NodeJS.ProcessEnv): string {
  const from = env['INIT_CWD'];
  if (from === undefined || env['npm_lifecycle_event'] !== program) return path;
  if (isAbsolute(path) || existsSync(path)) return path;
  const there = join(from, path);
  return existsSync(there) ? there : path;
}
