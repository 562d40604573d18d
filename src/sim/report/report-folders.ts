/** Folders of reports: names that every file system takes, and `latest`. */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../../core/errors.ts';
import { reasonOf } from '../../core/node/store/store-errors.ts';

/** Reports of one scenario and seed that may begin in one second. */
const SAME_SECOND_MAX = 1000;

/** `2026-01-02T03-04-05Z-<seed>`: sorts by time, and is a valid name on every file system. */
export function timedName(startedAt: string, seed: string): string {
  const time = startedAt.replace(/\.\d+/, '').replaceAll(':', '-');
  return `${fileName(time, 30)}-${fileName(seed, 12)}`;
}

export function fileName(text: string, lengthMax: number): string {
  const safe = text.replaceAll(/[^A-Za-z0-9._-]+/g, '_').replace(/^\.+/, '_');
  return safe.slice(0, lengthMax) || '_';
}

/**
 * Gives the draft its name, with `-2`, `-3`, … where another has taken it, and returns it. A folder is never moved
 * onto a filled one.
 *
 * @throws {StoreError} too many have the name
 */
export async function moveToFreeName(draft: string, parent: string, name: string): Promise<string> {
  return firstFree(parent, name, (path) => rename(draft, path));
}

/** Makes a folder of that name, or with `-2`, `-3`, …, and returns its name. @throws {StoreError} */
export async function makeFreeFolder(parent: string, name: string): Promise<string> {
  return firstFree(parent, name, (path) => mkdir(path));
}

async function firstFree(
  parent: string,
  name: string,
  take: (path: string) => Promise<unknown>,
): Promise<string> {
  for (let attempt = 1; attempt <= SAME_SECOND_MAX; attempt++) {
    const candidate = attempt === 1 ? name : `${name}-${attempt}`;
    if (await exists(join(parent, candidate))) continue;
    try {
      await take(join(parent, candidate));
      return candidate;
    } catch (error) {
      if (!(await exists(join(parent, candidate)))) throw error;
    }
  }
  throw new StoreError(`${parent} has ${SAME_SECOND_MAX} reports named ${name}; remove some`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/**
 * `<folder>/latest` becomes a relative symbolic link to `<folder>/<target>`, or, where links are not allowed, a text
 * file with the same relative path. Made beside and renamed, so that `latest` is there at every instant.
 *
 * @returns null, or in a line why it does not point there and the remedy: no reason to lose a run that is over
 */
export async function pointLatest(folder: string, target: string): Promise<string | null> {
  const latest = join(folder, 'latest');
  const draft = join(folder, `.latest-${randomUUID()}`);
  try {
    try {
      await symlink(target, draft, 'dir');
    } catch (error) {
      // Windows allows links only to the privileged; some file systems have none.
      if (!hasCode(error, 'EPERM', 'EACCES', 'ENOSYS', 'ENOTSUP', 'EINVAL')) throw error;
      await writeFile(draft, `${target}\n`);
    }
    await rename(draft, latest);
    return null;
  } catch (cause) {
    await rm(draft, { force: true });
    return `${latest} does not point to the report: ${reasonOf(cause)}; move it away, or choose another folder by --out`;
  }
}

export function unwritable(parent: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(`the report cannot be written to ${parent}: ${why}; choose another folder by --out`, {
    cause,
  });
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
