/**
 * npm reads options that do not stand behind `--` as its own: `npm run sim x.yaml --out here` starts the program with
 * `x.yaml here`, and `--plan` becomes `-p -l -a -n`. What npm kept is seen in the environment alone.
 */
import { InvalidArgumentError, type Command, type Option } from 'commander';
import { distance } from 'fastest-levenshtein';
import { ConfigError } from '../../core/errors.ts';
import { withoutSecrets } from '../../sim/cluster/cluster-url.ts';
import { argumentsOfNpm, environmentOfNpm, npmSettings, type Settings } from './npm-settings.ts';

/** What npm makes of `--plan`, which it takes for four short options. */
const PLAN_AS_READ_BY_NPM = ['parseable', 'long', 'all'];
/**
 * npm has settings of its own that begin so, and takes them for these: `engine-strict`, `format-package-lock`. The
 * environment does not tell one from the other, nor anything of the latter.
 */
const EXPANDED_BY_NPM = new Set(['engine', 'format']);
/** What npm makes of `--quiet` and `--verbose`. */
const LOG_LEVELS = new Map([
  ['quiet', 'warn'],
  ['verbose', 'verbose'],
]);

interface Kept {
  readonly option: Option;
  /** Those that npm took with it; none when it left them among the arguments. */
  readonly values: readonly string[];
  /** How often it was given. */
  readonly times: number;
}

/**
 * Refuses to start a program without the options that its user gave. What the user's or the project's `.npmrc` says, or
 * the environment in which npm was started, is no option of a command line.
 *
 * @param argv what npm has left
 * @param npm the environment npm was started with; `undefined` where the system does not tell
 * @param typed the arguments npm was started with; `undefined` where they cannot be learnt
 * @throws {ConfigError} npm kept some; with the line to type
 */
export function refuseWhatNpmKept(
  command: Command,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  npm: NodeJS.ProcessEnv | undefined = environmentOfNpm(env),
  typed: readonly string[] | undefined = argumentsOfNpm(env),
): void {
  const event = env['npm_lifecycle_event'];
  const isExec = event === 'npx';
  if (event !== command.name() && !isExec) return;
  const settings = npmSettings(env, npm);
  const kept = keptOptions(command, settings);
  if (typed !== undefined) kept.push(...keptByExpansion(command, typed));
  // npx has a --quiet of its own, before the command; where nothing is known of npm's start, CI may have set the level.
  if (!isExec && npm !== undefined && isForProgram('--loglevel', command, typed))
    kept.push(...keptLevels(command, settings));
  if (kept.length === 0) return;
  const names = kept.map(({ option }) => plainName(command, option));
  const start = isExec ? `npx swarm-lab ${command.name()}` : `npm run ${command.name()} --`;
  throw new ConfigError(
    `npm kept ${names.join(', ')} for itself, so nothing was started; ` +
      `${isExec ? 'start it with npx' : 'put -- before the options'}: ${[start, ...lineOf(command, argv, kept)].join(' ')}`,
  );
}

function keptOptions(command: Command, { fromCommandLine, all }: Settings): Kept[] {
  const own = new Map(command.options.map((option) => [settingName(option), option]));
  const kept: Kept[] = [];
  const planOption = own.get('plan');
  const isPlan =
    PLAN_AS_READ_BY_NPM.every((name) => all.get(name) === 'true') &&
    PLAN_AS_READ_BY_NPM.some((name) => fromCommandLine.has(name));
  if (planOption !== undefined && isPlan) kept.push({ option: planOption, values: [], times: 1 });
  for (const [name, value] of fromCommandLine) {
    const option = own.get(name) ?? misspelt(name, own);
    if (option === undefined) continue;
    const parts = value.split('\n\n');
    kept.push({ option, values: parts.filter((part) => !/^(true|false|)$/.test(part)), times: parts.length });
  }
  return kept;
}

/** npm's own options stand before the name of the script; what stands behind it is meant for the program. */
function isForProgram(option: string, command: Command, typed: readonly string[] | undefined): boolean {
  const at = typed?.indexOf(command.name()) ?? -1;
  return typed === undefined || at === -1 || typed.includes(option, at);
}

function keptLevels(command: Command, { fromCommandLine }: Settings): Kept[] {
  const level = fromCommandLine.get('loglevel');
  return command.options
    .filter((option) => level !== undefined && LOG_LEVELS.get(settingName(option)) === level)
    .map((option) => ({ option, values: [], times: 1 }));
}

function keptByExpansion(command: Command, typed: readonly string[]): Kept[] {
  const end = typed.indexOf('--');
  const words = typed.slice(typed.indexOf(command.name()) + 1, end === -1 ? undefined : end);
  const names = words.map((word) => word.split('=')[0]);
  return command.options.flatMap((option) => {
    const times = names.filter((name) => name === option.long).length;
    return EXPANDED_BY_NPM.has(settingName(option)) && times > 0 ? [{ option, values: [], times }] : [];
  });
}

/** Cut short or misspelt: npm keeps such a one as well. Short names are left out, which a setting of npm may resemble. */
function misspelt(name: string, own: ReadonlyMap<string, Option>): Option | undefined {
  if (name.length < 4) return undefined;
  for (const [known, option] of own) {
    const stepsMax = known.length >= 6 ? 2 : known.length >= 4 ? 1 : 0;
    if (known.startsWith(name) || distance(known, name) <= stepsMax) return option;
  }
  return undefined;
}

/** `--no-kernel` and `--tracker-port` as npm names them: `kernel`, `tracker_port`. */
function settingName({ long }: Option): string {
  return long!
    .replace(/^--(no-)?/, '')
    .replaceAll('-', '_')
    .toLowerCase();
}

function plainName(command: Command, option: Option): string {
  return command.createHelp().optionTerm(option).split(' ')[0]!;
}

/** The arguments as they should have been given. What cannot be told is written as the help writes it. */
function lineOf(command: Command, argv: readonly string[], kept: readonly Kept[]): string[] {
  const needed = command.registeredArguments.length;
  const isVariadic = command.registeredArguments.some(({ variadic }) => variadic);
  const waiting = kept.filter(({ option, values }) => takesValue(option) && values.length === 0);
  const words = [...argv];
  const found = waiting.length === 1 ? takeValues(waiting[0]!, words, needed) : undefined;
  const left = waiting.length === 0 || (found !== undefined && isVariadic) ? words : words.slice(0, needed);
  const options = kept.flatMap(({ option, values, times }) => {
    const known = values.length > 0 ? values : takesValue(option) ? found : undefined;
    if (known === undefined)
      return Array.from({ length: times }, () => command.createHelp().optionTerm(option));
    return known.flatMap((value) => [plainName(command, option), shown(value, option)]);
  });
  return [...left.map((word) => shown(word)), ...options];
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

/** Takes the last words that the option can be given, if those that the program needs remain. */
function takeValues({ option, times }: Kept, words: string[], needed: number): string[] | undefined {
  const found: string[] = [];
  for (let at = words.length - 1; at >= 0 && found.length < times && words.length > needed; at--) {
    const word = words[at]!;
    if (needed > 0 && /\.(ya?ml|json)$/.test(word)) continue;
    if (accepts(option, word)) found.unshift(...words.splice(at, 1));
  }
  return found.length === times ? found : undefined;
}

function accepts(option: Option, word: string): boolean {
  try {
    option.parseArg?.(word, [] as unknown as never);
    return true;
  } catch (error) {
    if (error instanceof InvalidArgumentError) return false;
    throw error;
  }
}

/** What stands before the `@` of a URL is for nobody to see. */
function shown(word: string, option?: Option): string {
  const isUrl = option?.flags.includes('<url>') === true || /^(nats|tls):/.test(word);
  return quoted(isUrl ? withoutSecrets(word) : word);
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
