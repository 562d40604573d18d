/**
 * The command line of every program. An option is read with one dash or two, with hyphens or underscores; help and
 * mistakes write it as its program does: `--chunk-size`, or `-transfer_port` as the classic assignment has it.
 */
import { Command, CommanderError, Help, type Option } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { ConfigError } from '../../core/errors.ts';
import { nearest } from '../../sim/scenario/source/did-you-mean.ts';
import { fitProse } from '../output/fit-lines.ts';
import { columnsOf } from '../output/terminal.ts';
import { refuseWhatNpmKept } from './npm-guard.ts';

/** Wider lines are hard to read; in a pipe help has this width. */
const HELP_COLUMNS_MAX = 110;

function helpColumns(): number {
  const { stdout } = process;
  return stdout.isTTY ? Math.min(HELP_COLUMNS_MAX, columnsOf(stdout)) : HELP_COLUMNS_MAX;
}

/** A command whose options help shows with two dashes. */
export function newCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .usage('[options]')
    .version(`swarm-lab ${packageJson.version}`, '--version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    .configureOutput({
      outputError: () => undefined,
      writeOut: (text) => process.stdout.write(`${fitProse(text.trimEnd(), helpColumns())}\n`),
    })
    .configureHelp({ helpWidth: helpColumns(), commandUsage: usage, optionDescription: described });
}

/** A command whose options help shows with one dash. */
export function newClassicCommand(name: string, description: string): Command {
  return newCommand(name, description).configureHelp({
    helpWidth: helpColumns(),
    commandUsage: usage,
    optionDescription: described,
    optionTerm: ({ flags }) => (flags.startsWith('--') ? flags.slice(1) : flags),
  });
}

/** A default that says nothing, such as "off", is left out. */
function described(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (?:false|""|\[\])\)$/, '');
}

/** An option as its program's help writes it: `--out <folder>`, `-transfer_port <port>`. */
function written(command: Command, option: Option): string {
  return command.createHelp().optionTerm(option);
}

/**
 * Reads the arguments of a program. Whatever is wrong is told before anything else is done: first what npm kept for
 * itself, then an unknown option, which a missing one may have been meant by, then all that is missing at once.
 *
 * @param make a new command each time: commander keeps in it what it has read
 * @throws {CommanderError} help or the version was asked for; commander has shown it
 * @throws {ConfigError} a mistake
 */
export function readCommandLine(
  make: () => Command,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Command {
  const command = make();
  refuseWhatNpmKept(command, argv, env);
  const given = inDeclaredSpelling(argv, command.options);
  try {
    refuseMistakes(make(), given);
    return command.parse(given, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode === 0) throw error;
    throw new ConfigError(inOneLine(error.message, command), { cause: error });
  }
}

const NAMED_OPTION = /^-{1,2}([A-Za-z][\w-]+)(=.*)?$/s;

/** `-transfer_port`, `--transfer_port` and `--transfer-port` are one option; values, and all behind `--`, stay. */
export function inDeclaredSpelling(argv: readonly string[], options: readonly Option[]): string[] {
  const folded = (name: string): string => name.replaceAll('_', '-');
  const declared = new Map(options.map(({ long }) => [folded(long!.slice(2)), long!]));
  const end = argv.indexOf('--');
  return argv.map((argument, at) => {
    const match = end !== -1 && at >= end ? null : NAMED_OPTION.exec(argument);
    if (match === null) return argument;
    const long = declared.get(folded(match[1]!));
    return long === undefined ? argument : `${long}${match[2] ?? ''}`;
  });
}

function refuseMistakes(command: Command, given: readonly string[]): void {
  const { operands, unknown } = command.parseOptions([...given]);
  if (unknown.some((argument) => argument === '-h' || /^--?help$/.test(argument))) command.help();
  const [first] = unknown;
  if (first?.startsWith('-') === true && first !== '-') refuseUnknown(command, first);
  const words = [...operands, ...unknown];
  const missing = [
    ...command.registeredArguments
      .filter(({ required }, at) => required && words[at] === undefined)
      .map((argument) => `<${argument.name()}>`),
    ...command.options
      .filter((option) => option.mandatory && command.getOptionValue(option.attributeName()) === undefined)
      .map((option) => written(command, option)),
  ];
  if (missing.length > 0) {
    throw new ConfigError(`${inWords(missing)} ${missing.length === 1 ? 'is' : 'are'} missing${SEE_HELP}`);
  }
  const isVariadic = command.registeredArguments.some(({ variadic }) => variadic);
  const tooMany = isVariadic ? [] : words.slice(command.registeredArguments.length);
  if (tooMany.length > 0) throw new ConfigError(`too many arguments: ${tooMany.join(' ')}${SEE_HELP}`);
}

const SEE_HELP = ' (--help lists the options)';

function refuseUnknown(command: Command, argument: string): never {
  const dashes = /^-+/.exec(argument)![0];
  const word = argument.slice(dashes.length).replace(/=.*$/s, '');
  const near = nearestOptions(word, command.options).map((option) => written(command, option).split(' ')[0]!);
  const shown = near[0] === undefined ? dashes : /^-+/.exec(near[0])![0];
  const suggestion = near.length === 0 ? SEE_HELP : `; did you mean ${near.join(' or ')}?`;
  throw new ConfigError(`unknown option ${shown}${word}${suggestion}`);
}

/** Those that it is the beginning of; else the one that differs least, if that is not much. */
function nearestOptions(word: string, options: readonly Option[]): Option[] {
  const folded = word.toLowerCase().replaceAll('-', '_');
  const names = new Map(options.map((option) => [option.long!.slice(2).replaceAll('-', '_'), option]));
  const begun = [...names].filter(([name]) => name.startsWith(folded)).map(([, option]) => option);
  if (begun.length > 0) return begun;
  const near = nearest(folded, [...names.keys()]);
  return near === undefined ? [] : [names.get(near)!];
}

/** Commander's own words, without its prefix, and with the options as help writes them. */
function inOneLine(message: string, command: Command): string {
  const terms = new Map(command.options.map((option) => [option.flags, written(command, option)]));
  return message
    .replace(/^error: /, '')
    .replaceAll(/'(-[^']*)'/g, (quoted, flags: string) => terms.get(flags) ?? quoted)
    .replace(/^option (\S+) (?:\S+ )?argument '(.*)' is invalid\. /s, '$1 $2: ')
    .replaceAll(/\s*\n\s*/g, ' ');
}

function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}

/** `swarm-lab split [options] <file>`, and the same by npm. */
function usage(command: Command): string {
  const words = command.registeredArguments.map(
    (argument) => ` <${argument.name()}${argument.variadic ? '…' : ''}>`,
  );
  const line = `[options]${words.join('')}`;
  return `swarm-lab ${command.name()} ${line}\n       npm run ${command.name()} -- ${line}   (in a clone)`;
}
