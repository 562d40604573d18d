/** The command line of the tracker. */
import { Option } from 'commander';
import { trackerDefaults } from '../../core/tracker/options.ts';
import { hostName, listenPort } from '../arguments/classic-values.ts';
import { newClassicCommand, readCommandLine } from '../arguments/command-line.ts';
import { wholeNumber } from '../arguments/values.ts';
import { verbosityOf, type Verbosity } from '../arguments/verbosity.ts';

export interface TrackerSettings {
  /** 0: any free port. */
  readonly port: number;
  readonly bind: string;
  readonly edition: 'plain' | 'hashed';
  readonly agreement: number;
  readonly logFile: string;
  readonly verbosity: Verbosity;
}

interface RawOptions {
  readonly port: number;
  readonly bind: string;
  readonly edition: 'plain' | 'hashed';
  readonly agreement?: number;
  readonly log: string;
  readonly verbose?: true;
  readonly quiet?: true;
}

const agreementByEdition = { plain: 1, hashed: 2 } as const;

const examples = `
Options are read with one dash or two.

Examples:
  swarm-lab tracker
      listens on port 5100 of this machine, for clients of either protocol
  swarm-lab tracker -edition hashed
      lists a chunk only when two clients agree on its SHA-1
  swarm-lab tracker -bind 0.0.0.0 -port 5100
      serves other machines too

Exit codes: 0 stopped by Ctrl-C or SIGTERM; 1 failed; 2 bad option or port; 70 defect of the program.`;

function newTrackerCommand() {
  const { port, edition } = trackerDefaults;
  return newClassicCommand(
    'tracker',
    'Tells the clients of a swarm who holds which chunk, in either protocol.',
  )
    .option('--port <port>', 'port to listen on; 0: any free one, which is then printed', listenPort, port)
    .option(
      '--bind <address>',
      'address to listen on; 0.0.0.0 for other machines too, :: for IPv4 and IPv6',
      hostName,
      '127.0.0.1',
    )
    .addOption(
      new Option(
        '--edition <name>',
        'edition of the spec protocol, for clients that ask before they announce',
      )
        .choices(['plain', 'hashed'])
        .default(edition),
    )
    .addOption(
      new Option(
        '--agreement <n>',
        'holders that must agree on a chunk before the tracker lists it (default: 1; hashed: 2)',
      ).argParser(wholeNumber(1, 1000)),
    )
    .option(
      '--log <file>',
      'file to which log lines are appended, in the format of the assignment',
      'logs.log',
    )
    .addOption(new Option('--verbose', 'print every answer').conflicts('quiet'))
    .option('--quiet', 'print only what went wrong')
    .addHelpText('after', examples);
}

/**
 * @throws {CommanderError} help was asked for; commander has shown it
 * @throws {ConfigError} a mistake, or npm kept options for itself
 */
export function readTrackerOptions(argv: readonly string[], env: NodeJS.ProcessEnv): TrackerSettings {
  const options: RawOptions = readCommandLine(newTrackerCommand, argv, env).opts();
  return {
    port: options.port,
    bind: options.bind,
    edition: options.edition,
    agreement: options.agreement ?? agreementByEdition[options.edition],
    logFile: options.log,
    verbosity: verbosityOf(options),
  };
}
