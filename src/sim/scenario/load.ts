import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { errnoOf } from '../../core/node/store/store-errors.ts';
import { readTextFile } from '../../core/node/store/text-file.ts';
import { shippedScenarios } from '../shipped/shipped-files.ts';
import { nearest } from './source/did-you-mean.ts';

/**
 * The text of a scenario's file.
 *
 * @throws {ConfigError} it cannot be read; names the scenarios that there are
 */
export function readScenarioFile(path: string): string {
  try {
    return readTextFile(path);
  } catch (cause) {
    const { cause: reason, message } = cause as Error;
    const code = errnoOf(reason);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new ConfigError(`${path}: there is no such scenario; ${whatThereIs(path)}`, { cause });
    }
    const isFolder = code === 'EISDIR' || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    throw new ConfigError(
      isFolder
        ? `${path}: the scenario cannot be read: it is a directory; ${whatThereIs(path)}`
        : `the scenario cannot be read: ${message}`,
      { cause },
    );
  }
}

/** The short name that was probably meant, and those that there are. */
export function whatThereIs(path = ''): string {
  const names = shippedScenarios();
  const word = path.replace(/\.ya?ml$/, '').replace(/^scenarios\//, '');
  const near =
    nearest(word, names) ??
    names.find((name) => word !== '' && basename(name).startsWith(word)) ??
    names.find(
      (name) =>
        basename(name) ===
        nearest(
          basename(word),
          names.map((known) => basename(known)),
        ),
    );
  const guess = near === undefined ? '' : `did you mean ${near}? `;
  return `${guess}${guess === '' ? 'there' : 'There'} are: ${names.join(', ')}; or give the path of a file`;
}
