/** What npm tells the programs that it starts of its settings, and which of them came from its command line. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Settings {
  /** npm's name, with underscores → value. Options that were repeated are separated by an empty line. */
  readonly all: ReadonlyMap<string, string>;
  /** Of these, what neither an `.npmrc` says nor the environment in which npm was started. */
  readonly fromCommandLine: ReadonlyMap<string, string>;
}

/**
 * @param env of this program
 * @param npm the environment with which npm was started, as far as it is known
 */
export function npmSettings(env: NodeJS.ProcessEnv, npm: NodeJS.ProcessEnv = {}): Settings {
  const all = settingsIn(env);
  const before = settingsIn(npm);
  const files = namesInFiles(env);
  const fromCommandLine = new Map(
    [...all].filter(([name, value]) => before.get(name) !== value && !files.has(name)),
  );
  return { all, fromCommandLine };
}

function settingsIn(env: NodeJS.ProcessEnv): Map<string, string> {
  const found = Object.entries(env).flatMap(([name, value]): [string, string][] => {
    const key = /^npm_config_(.+)$/i.exec(name)?.[1];
    return key === undefined || value === undefined ? [] : [[key.toLowerCase().replaceAll('-', '_'), value]];
  });
  return new Map(found);
}

/** The names that the user's, the project's, the machine's and npm's own `.npmrc` set. */
function namesInFiles(env: NodeJS.ProcessEnv): Set<string> {
  const project = env['npm_config_local_prefix'];
  const npm = env['npm_execpath'];
  const files = [
    env['npm_config_userconfig'],
    env['npm_config_globalconfig'],
    project === undefined ? undefined : join(project, '.npmrc'),
    npm === undefined ? undefined : join(dirname(dirname(npm)), 'npmrc'),
  ].filter((file) => file !== undefined);
  const names = files
    .flatMap((file) => textOf(file).split('\n'))
    .flatMap((line) => /^\s*([\w.-]+)(?:\[\])?\s*(?:=|$)/.exec(line)?.[1] ?? []);
  return new Set(names.map((name) => name.toLowerCase().replaceAll('-', '_')));
}

const SHELL = /^(sh|dash|bash|zsh|ash|busybox)$/;

/** The environment with which the npm that started this program was started itself; `undefined` where there is no /proc. */
export function environmentOfNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv | undefined {
  const pid = processOfNpm(env);
  const block = pid === undefined ? '' : textOf(`/proc/${pid}/environ`);
  if (block === '') return undefined;
  const entries = block.split('\0').flatMap((entry): [string, string][] => {
    const at = entry.indexOf('=');
    return at < 1 ? [] : [[entry.slice(0, at), entry.slice(at + 1)]];
  });
  return Object.fromEntries(entries);
}

/**
 * What npm was started with, in order, an option's short forms written out; `undefined` where it cannot be learnt. npm
 * tells it in its debug log alone, which is open while its script runs.
 */
export function argumentsOfNpm(env: NodeJS.ProcessEnv): string[] | undefined {
  const pid = processOfNpm(env);
  const log = pid === undefined ? undefined : openFilesOf(pid).find((path) => /-debug-\d+\.log$/.test(path));
  const line = log && /^\d+ verbose argv (.*)$/m.exec(textOf(log))?.[1];
  if (line === undefined) return undefined;
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]!);
}

function processOfNpm(env: NodeJS.ProcessEnv): number | undefined {
  if (env['npm_execpath'] === undefined) return undefined;
  const pid = process.ppid;
  // npm starts a shell, which stays between where the script does not begin with `exec`.
  if (!SHELL.test(textOf(`/proc/${pid}/comm`).trim())) return pid;
  return Number(/^PPid:\s*(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** None where the system does not tell. */
function openFilesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => readlinkSync(`/proc/${pid}/fd/${name}`));
  } catch {
    return [];
  }
}

/** Empty where the file cannot be read: then it says nothing. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
