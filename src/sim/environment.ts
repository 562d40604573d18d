import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { memory } from './machine/memory.ts';
import { processors } from './machine/processors.ts';
import type { Environment } from './result/result.ts';
import { packageFolder } from './shipped/shipped-files.ts';

/** Where a result comes from: what has to be the same for a fair comparison. */
export function readEnvironment(): Environment {
  const { cores, coresOfMachine, limitedBy } = processors();
  const { totalBytes, ofMachineBytes, limitedBy: memoryLimitedBy } = memory();
  return {
    version: packageJson.version,
    commit: readCommit(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores,
    ...(limitedBy !== null && { coresLimit: { by: limitedBy, ofMachine: coresOfMachine } }),
    memoryBytes: totalBytes,
    ...(memoryLimitedBy !== null && { memoryLimit: { by: memoryLimitedBy, ofMachineBytes } }),
  };
}

/**
 * Twelve digits, with `-dirty` when tracked files have been changed since. Of an installed copy, as it was when it was
 * packed.
 */
function readCommit(): string | null {
  const folder = packageFolder();
  // An installed copy may lie in somebody's checkout, which is not its own.
  if (!existsSync(join(folder, '.git'))) return builtFrom(folder);
  const describe = ['-C', folder, 'describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'];
  try {
    return execFileSync('git', describe, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // No git, or no checkout: then there is no commit to name.
    return null;
  }
}

function builtFrom(folder: string): string | null {
  const file = join(folder, 'dist', 'commit.json');
  if (!existsSync(file)) return null;
  const { commit } = JSON.parse(readFileSync(file, 'utf8')) as { readonly commit: string | null };
  return commit;
}
