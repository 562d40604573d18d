/**
 * The classic way of naming options, `-transfer_port 6001`: one dash, underscores. Commander reads two dashes, so
 * arguments are brought to that form first; help shows the classic one.
 */
import { InvalidArgumentError, type Command } from 'commander';
import { closest, distance } from 'fastest-levenshtein';
import { ConfigError } from '../core/errors.ts';
import type { Address } from '../core/interfaces.ts';
import { newCommand } from './program.ts';

const NAME_BYTES_MAX = 255;
const LONG_OPTION = /^-{1,2}([A-Za-z][\w-]+)(=.*)?$/s;

/** `-transfer_port`, `--transfer_port` and `--transfer-port` all become `--transfer_port`; after `--` all stays. */
export function classicArguments(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  const options = end === -1 ? argv : argv.slice(0, end);
  const rest = end === -1 ? [] : argv.slice(end);
  const normal = options.map((argument) =>
    argument.replace(LONG_OPTION, (_, name: string, value = '') => `--${name.replaceAll('-', '_')}${value}`),
  );
  return [...normal, ...rest];
}

/**
 * Reads a classic command line. An unknown option comes before a missing one, which it may have been meant for.
 *
 * @throws {CommanderError} a mistake, or help was asked for; commander has told the user
 */
export function parseClassic(command: Command, argv: readonly string[]): Command {
  const given = classicArguments(argv);
  const { unknown } = command.parseOptions(given);
  const [first] = unknown;
  const wantsHelp = unknown.some((argument) => argument === '-h' || argument === '--help');
  if (!wantsHelp && first?.startsWith('-') === true) refuseUnknown(command, first);
  return command.parse(given, { from: 'user' });
}

function refuseUnknown(command: Command, argument: string): never {
  const word = argument.replace(/^-+|=.*$/gs, '');
  const known = command.options.map((option) => option.attributeName());
  const near = nearestOptions(word, known).map((name) => `-${name}`);
  const suggestion = near.length === 0 ? '' : `\n(Did you mean ${near.join(' or ')}?)`;
  command.error(`error: unknown option '-${word}'${suggestion}`, { code: 'commander.unknownOption' });
}

/** Those that it is the beginning of; else the one that differs least, if that is not much. */
function nearestOptions(word: string, known: readonly string[]): string[] {
  const begun = known.filter((name) => name.startsWith(word.toLowerCase()));
  if (begun.length > 0) return begun;
  const near = closest(word.toLowerCase(), known);
  return distance(word.toLowerCase(), near) <= Math.max(2, near.length / 3) ? [near] : [];
}

/** A command whose help shows its options with one dash. */
export function newClassicCommand(name: string, description: string): Command {
  return newCommand(name, description)
    .helpOption('-h, --help', 'show this help')
    .configureHelp({ helpWidth: 110, optionTerm: (option) => option.flags.replace('--', '-') })
    .allowExcessArguments(false);
}

/** Options that npm has, too, and so sets for its own reasons. */
const alsoOfNpm = ['name', 'verbose', 'quiet'];

/**
 * npm keeps options that do not stand behind `--` and tells them in the environment only: the program would run
 * without them.
 *
 * @throws {ConfigError} it kept some
 */
export function refuseWhatNpmKept(command: Command, env: NodeJS.ProcessEnv): void {
  if (env['npm_lifecycle_event'] !== command.name()) return;
  const kept = command.options
    .map((option) => option.attributeName())
    .filter((name) => !alsoOfNpm.includes(name) && env[`npm_config_${name}`] !== undefined);
  if (kept.length === 0) return;
  throw new ConfigError(
    `npm kept -${kept.join(', -')} for itself; put -- before the options: npm run ${command.name()} -- -${kept[0]!} …`,
  );
}

/** A port to listen on; 0 lets the system choose. */
export function listenPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65535)) {
    throw new InvalidArgumentError('A port is a whole number from 1 to 65535, or 0 for any free one.');
  }
  return port;
}

/** `host:port`, `[::1]:5100`, or a host alone, which then has the default port. */
export function address(defaultPort: number): (text: string) => Address {
  return (text) => {
    const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s,:[\]]+))(?::(\d{1,5}))?$/.exec(text);
    const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
    if (match === null || port < 1 || port > 65535) {
      throw new InvalidArgumentError(
        `Write host:port, such as localhost:${defaultPort} or [::1]:${defaultPort}; ports go from 1 to 65535.`,
      );
    }
    return { host: match[1] ?? match[2]!, port };
  };
}

/** What others may call this peer: one field of a line of logs.log, and at most 255 bytes in a handshake. */
export function peerName(text: string): string {
  if (text.trim() === '' || /[,\p{Cc}]/u.test(text)) {
    throw new InvalidArgumentError(
      'A name is one field of a line in logs.log: at least one visible character, no comma, no line break.',
    );
  }
  if (Buffer.byteLength(text) > NAME_BYTES_MAX) {
    throw new InvalidArgumentError(`A name has at most ${NAME_BYTES_MAX} bytes of UTF-8.`);
  }
  return text;
}

/** A host as it stands in the messages of the classic protocol, whose fields are parted by commas. */
export function hostName(text: string): string {
  if (!/^[^\s,[\]]+$/.test(text)) {
    throw new InvalidArgumentError('Write a host name or an IP address, without port, blanks and commas.');
  }
  return text;
}

/** Seconds, fractions allowed, up to a week. Returns milliseconds. */
export function seconds(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(value <= 604_800)) throw new InvalidArgumentError('Write seconds, from 0 to 604800 (a week).');
  return value * 1000;
}
