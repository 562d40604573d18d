/** What comes with the laboratory wherever it is: its scenarios and the classic chunk folders. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of the package, a checkout or an installed copy: the nearest one above this module with its `package.json`.
 */
export function packageFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && /"name":\s*"swarm-lab"/.test(readFileSync(file, 'utf8'))) return folder;
    if (folder === dirname(folder)) throw new Error('this module lies below no package.json of swarm-lab');
  }
}

/** The shipped scenarios by their short names, in order: `churn`, `papers/kumar-ross-fluid`. */
export function shippedScenarios(): string[] {
  const folder = join(packageFolder(), 'scenarios');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .map((path) => path.replace(/\.yaml$/, '').replaceAll(sep, '/'))
    .sort((a, b) => Number(a.includes('/')) - Number(b.includes('/')) || (a < b ? -1 : 1));
}

/**
 * The file of a scenario or plan as a user names it: by its path, with or without `.yaml`, or by the short name of a
 * shipped one, `flash-crowd` or `scenarios/flash-crowd`. The user's own come first. `undefined` when there is none.
 */
export function findScenario(name: string): string | undefined {
  const shipped = join(packageFolder(), 'scenarios', name.replace(/^scenarios\//, ''));
  const places = isAbsolute(name) || name.startsWith('.') ? [name] : [name, shipped];
  const file = places.flatMap((path) => [path, `${path}.yaml`]).find(isFile);
  if (file === undefined || file.startsWith(name)) return file;
  const near = relative(process.cwd(), file);
  return near.startsWith('..') ? file : near;
}

/**
 * Where a chunk folder of a scenario is: relative to the directory in which the program was started or, when there is
 * none, one of those that come with the laboratory.
 */
export function findChunkFolder(path: string): string {
  if (isAbsolute(path) || existsSync(path)) return path;
  const shipped = join(packageFolder(), path);
  return existsSync(shipped) ? shipped : path;
}

/** Also what is no folder, such as a pipe: `<(…)` of a shell. */
function isFile(path: string): boolean {
  try {
    return !statSync(path).isDirectory();
  } catch {
    return false;
  }
}
