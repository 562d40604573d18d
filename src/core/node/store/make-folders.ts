/** Making folders where a user wants them. */
import { mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreError } from '../../errors.ts';
import { errnoOf, reasonOf } from './store-errors.ts';

/** Puts why something could not be done into a sentence for the user. */
type Tell = (reason: string) => string;

/**
 * Makes a folder, with its parents where they lack. Node's own recursive way never ends below a folder that takes
 * no others, such as /proc.
 *
 * @returns whether it was made; false: it was there
 * @throws {StoreError} something else is there, or it cannot be made
 */
export function makeFolders(
  path: string,
  tell: Tell = (reason) => `cannot create ${path}: ${reason}`,
): boolean {
  if (path === '') throw new StoreError(tell('its name is empty; write . for the current folder'));
  const missing: string[] = [];
  try {
    for (let at = path; !exists(at); at = dirname(at)) missing.unshift(at);
    for (const folder of missing) makeOne(folder);
    if (statSync(path).isDirectory()) return missing.length > 0;
  } catch (error) {
    throw refused(tell, dirname(missing[0] ?? path), error);
  }
  throw new StoreError(tell('it is a file, not a folder'));
}

/**
 * That something can be put into a folder that is there, by doing it: permissions alone do not tell.
 *
 * @throws {StoreError} it cannot
 */
export function requireWritable(
  folder: string,
  tell: Tell = (reason) => `cannot write into ${folder}: ${reason}`,
): void {
  try {
    rmdirSync(mkdtempSync(join(folder, '.probe-')));
  } catch (error) {
    throw refused(tell, folder, error);
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Another program may be faster; what is not a folder is found out when it is looked at. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}

/** The parent is there, so "it does not exist" would be beside the point. */
function refused(tell: Tell, parent: string, cause: unknown): StoreError {
  const reason = errnoOf(cause) === 'ENOENT' ? `no file can be created in ${parent}` : reasonOf(cause);
  return new StoreError(tell(reason), { cause });
}
