/**
 * By which programs of a cluster know each other: a digest of the code that a build is made of, the same for a checkout, an
 * image and a packed copy of one source. Documents, tests, benchmarks and the state of git are no part of it.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** What turns the source into what is run. */
const BUILD = 'scripts/build.mjs';

/** The libraries that the lock file names, without those of development. */
function libraries(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([place, { dev }]) => place !== '' && dev !== true)
    .map(([place, { version, integrity }]) => `${place}@${version} ${integrity ?? ''}`)
    .sort();
}

/**
 * Twelve characters.
 *
 * @param root of the checkout
 * @param files absolute, of the source; those outside `src` are left out
 */
export function codeDigest(root, files) {
  const sources = [...files, join(root, BUILD)]
    .map((file) => [relative(root, file).split(sep).join('/'), file])
    .filter(([name]) => name === BUILD || name.startsWith('src/'))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256').update(JSON.stringify(libraries(root)));
  for (const [name, file] of sources) {
    const content = readFileSync(file);
    hash.update(`\n${name} ${String(content.length)}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}

/** Beside the bundle, where src/sim/cluster/program-id.ts reads it. */
export function writeCodeDigest(folder, code) {
  writeFileSync(join(folder, 'code.json'), `${JSON.stringify({ code })}\n`);
}
