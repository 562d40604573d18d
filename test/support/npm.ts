/** The real npm, as a user's shell would start it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const repository = join(import.meta.dirname, '..', '..');

export interface NpmEnding {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * @param command `npm` or `npx`
 * @param env over that of this process, of which what an outer npm has set is left out
 */
export function npm(
  command: 'npm' | 'npx',
  args: readonly string[],
  { cwd = repository, env = {} }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): NpmEnding {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_(lifecycle|package|command|execpath|config_(local|loglevel))|^INIT_CWD$/.test(name),
  );
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...Object.fromEntries(own), NO_COLOR: '1', ...env },
    timeout: 300_000,
    killSignal: 'SIGKILL',
  });
  if (error !== undefined) throw new Error(`${command} ${args.join(' ')} could not be run`, { cause: error });
  return { code: status, stdout, stderr };
}
