/**
 * `prepack` of npm: bundles the programs into dist/, for an installed copy has no source and may not be written to.
 * `postpack` removes it again, so that a checkout never runs an old bundle. See docs/decisions/0010.
 *   node scripts/pack.mjs [clean]
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildInto } from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

function commit() {
  const describe = ['-C', root, 'describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'];
  try {
    return execFileSync('git', describe, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

if (process.argv[2] === 'clean') {
  rmSync(dist, { recursive: true, force: true });
} else {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await buildInto(
    dist,
    Object.values(scripts).flatMap((script) => /launch\.mjs (\w+)/.exec(script)?.[1] ?? []),
  );
  // The package's own says that every .js is a module, and the workers are CommonJS.
  writeFileSync(join(dist, 'package.json'), '{}\n');
  writeFileSync(join(dist, 'commit.json'), `${JSON.stringify({ commit: commit() })}\n`);
}
