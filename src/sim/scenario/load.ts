import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { nearest } from './source/nearest.ts';
import { parseScenario, type ParseOptions } from './parse.ts';
import type { Scenario } from './language/scenario.ts';

const SHIPPED = 'scenarios';

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

function whatThereIs(path: string): string {
  const files = existsSync(SHIPPED) ? readdirSync(SHIPPED).filter((name) => name.endsWith('.yaml')) : [];
  const names = files.map((name) => name.replace(/\.yaml$/, '')).sort();
  if (names.length === 0) return 'give the path of a scenario file (.yaml)';
  const near = nearest(basename(path).replace(/\.ya?ml$/, ''), names);
  const guess = near === undefined ? '' : `did you mean ${join(SHIPPED, `${near}.yaml`)}? `;
  return `${guess}${guess === '' ? 'there' : 'There'} are, in ${SHIPPED}/: ${names.join(', ')}`;
}
