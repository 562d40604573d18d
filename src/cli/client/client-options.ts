/** The command line of the client. */
import { Option } from 'commander';
import { peerDefaults } from '../../core/peer/options.ts';
import { pickerNames, type PickerName } from '../../core/peer/swarm/pickers/pickers.ts';
import type { Address } from '../../core/interfaces.ts';
import type { ProtocolName } from '../../core/protocol/messages.ts';
import { trackerDefaults } from '../../core/tracker/options.ts';
import { address, hostName, listenPort, peerName, wait } from '../arguments/classic-values.ts';
import { newClassicCommand, readCommandLine } from '../arguments/command-line.ts';
import { wholeNumber } from '../arguments/values.ts';
import { placeOf, requireReachable } from './reachable.ts';
import { verbosityOf, type Verbosity } from '../arguments/verbosity.ts';

export interface ClientSettings {
  readonly folder: string;
  /** 0: any free port. */
  readonly transferPort: number;
  readonly name: string;
  readonly tracker: Address;
  /** The user says that it is one of this project; else the client finds out. */
  readonly trackerIsOurs: boolean;
  /** The address to listen on. */
  readonly bind: string;
  /** How others are told to reach this client. */
  readonly host: string;
  readonly protocol: ProtocolName;
  readonly edition: 'plain' | 'hashed';
  readonly picker: PickerName;
  readonly uploadSlots: number;
  /** Leave so long after completion; undefined: serve until stopped. */
  readonly leaveAfterMs: number | undefined;
  readonly logFile: string;
  readonly verbosity: Verbosity;
}

/** As commander hands them over. */
interface RawOptions {
  readonly folder: string;
  readonly transfer_port: number;
  readonly name: string;
  readonly tracker: Address;
  readonly trusted_tracker?: true;
  readonly bind?: string;
  readonly host?: string;
  readonly protocol: ProtocolName;
  readonly edition: 'plain' | 'hashed';
  readonly picker: PickerName;
  readonly slots: number;
  readonly exit_when_complete?: number;
  readonly log: string;
  readonly verbose?: true;
  readonly quiet?: true;
}

function newClientCommand() {
  const { edition, picker, uploadSlots } = peerDefaults;
  return newClassicCommand(
    'client',
    'Joins a swarm: fetches the chunks that a folder lacks and serves those it has.',
  )
    .requiredOption('--folder <folder>', 'folder with local_chunks.txt and the chunks that this client holds')
    .requiredOption(
      '--transfer_port <port>',
      'port on which other clients fetch chunks; 0: any free one',
      listenPort,
    )
    .requiredOption('--name <name>', 'name of this client in logs.log', peerName)
    .addOption(
      new Option('--tracker <host:port>', 'address of the tracker')
        .argParser(address(trackerDefaults.port))
        .default({ host: 'localhost', port: trackerDefaults.port }, `localhost:${trackerDefaults.port}`),
    )
    .option(
      '--trusted_tracker',
      "the tracker is this project's own: talk to it without the pauses that other trackers need",
    )
    .option(
      '--bind <address>',
      'address to listen on; 0.0.0.0 for other machines too, :: for IPv4 and IPv6 (default: 127.0.0.1)',
      hostName,
    )
    .option(
      '--host <host>',
      'the address at which others reach this client (default: the one of -bind, else localhost)',
      hostName,
    )
    .addOption(
      new Option(
        '--protocol <name>',
        'spec: the text protocol of the assignment; swarm: our binary protocol, or spec if the tracker knows only that',
      )
        .choices(['spec', 'swarm'])
        .default('spec'),
    )
    .addOption(
      new Option('--edition <name>', 'edition of the spec protocol; hashed sends and checks SHA-1')
        .choices(['plain', 'hashed'])
        .default(edition),
    )
    .addOption(
      new Option('--picker <name>', 'which missing chunk to request next')
        .choices(pickerNames)
        .default(picker),
    )
    .option('--slots <n>', 'clients served at a time', wholeNumber(1, 1000), uploadSlots)
    .addOption(
      new Option(
        '--exit_when_complete [seconds]',
        'leave when complete, or this much later; seconds, or a duration such as 500ms or 2min',
      )
        .argParser(wait)
        .preset('0'),
    )
    .option(
      '--log <file>',
      'file to which log lines are appended, in the format of the assignment',
      'logs.log',
    )
    .addOption(new Option('--verbose', 'print every event').conflicts('quiet'))
    .option('--quiet', 'print only what went wrong')
    .addHelpText('after', examples);
}

const examples = `
Options are read with one dash or two.

Examples:
  swarm-lab tracker
      starts the tracker on port 5100, in a terminal of its own
  swarm-lab client -folder run/folder1 -transfer_port 6001 -name alice
      joins by the spec protocol and serves until stopped by Ctrl-C
  swarm-lab client -folder run/folder2 -transfer_port 6002 -name bob -protocol swarm -trusted_tracker -exit_when_complete 10
      joins by the swarm protocol and leaves ten seconds after it is complete

The tracker may be a program by somebody else, which two messages in a row can confuse. The client therefore waits 1.25 s
between messages, and announces each chunk that it holds before it asks for one: 1.25 s a chunk. It stops waiting as
soon as an answer shows that the tracker is swarm-lab tracker. Until then -protocol swarm speaks the spec protocol, too.
-trusted_tracker skips this wait. Do not give it with a tracker by somebody else.

Exit codes: 0 complete, or stopped when complete; 1 failed; 2 bad option, folder or port; 70 defect of the
program; 130 stopped before it was complete.`;

/**
 * @throws {CommanderError} help was asked for; commander has shown it
 * @throws {ConfigError} a mistake, or npm kept options for itself
 */
export function readClientOptions(argv: readonly string[], env: NodeJS.ProcessEnv): ClientSettings {
  const options: RawOptions = readCommandLine(newClientCommand, argv, env).opts();
  const place = placeOf(options, options);
  requireReachable(place, options);
  return {
    folder: options.folder,
    transferPort: options.transfer_port,
    name: options.name,
    tracker: options.tracker,
    trackerIsOurs: options.trusted_tracker ?? false,
    ...place,
    protocol: options.protocol,
    edition: options.edition,
    picker: options.picker,
    uploadSlots: options.slots,
    leaveAfterMs: options.exit_when_complete,
    logFile: options.log,
    verbosity: verbosityOf(options),
  };
}
