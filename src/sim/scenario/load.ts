import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { shippedScenarios } from '../shipped/shipped-files.ts';
import { nearest } from './source/nearest.ts';
import { parseScenario, type ParseOptions } from './parse.ts';
import type { Scenario } from './language/scenario.ts';

/**
 * Reads a scenario file.
 *
 * @throws {ScenarioError} with every mistake of the file
 * @throws {ConfigError} the file cannot be read; names the scenarios that there are
 */
export function loadScenario(path: string, options: ParseOptions = {}): Scenario {
  return parseScenario(readScenarioFile(path), path, options);
}

function readScenarioFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new ConfigError(`${path}: there is no such scenario; ${whatThereIs(path)}`, { cause });
    }
    const reason = code === 'EISDIR' ? `it is a directory; ${whatThereIs(path)}` : message;
    throw new ConfigError(`${path}: the scenario cannot be read: ${reason}`, { cause });
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
