import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import packageJson from '../../package.json' with { type: 'json' };
import type { Environment } from './result/result.ts';

/** Where a result comes from: what has to be the same for a fair comparison. */
export function readEnvironment(): Environment {
  return {
    version: packageJson.version,
    commit: readCommit(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

/** Twelve digits, with `-dirty` when tracked files have been changed since. */
function readCommit(): string | null {
  const describe = ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'];
  try {
    return execFileSync('git', describe, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // No git, or no checkout: then there is no commit to name.
    return null;
  }
}
