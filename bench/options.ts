import { Option } from 'commander';
import { newCommand, readCommandLine } from '../src/cli/arguments/command-line.ts';
import { wholeNumber } from '../src/cli/arguments/values.ts';

export interface BenchOptions {
  /** None chosen on the command line: all. */
  readonly micro: boolean;
  readonly swarm: boolean;
  readonly virtual: boolean;
  readonly page: boolean;
  /** Names of other programs that run the whole swarms, too; empty: none. */
  readonly peers: readonly string[];
  /** Sizes of virtual time that take most of an hour: only where they are asked for. */
  readonly large: boolean;
  /** Lower case; a benchmark runs when its name has it. */
  readonly filter: string;
  readonly smoke: boolean;
  /** Rounds of micro-benchmarks, and runs of each whole swarm. */
  readonly repeat: number;
  readonly compare: string | undefined;
  readonly out: string;
  readonly json: boolean;
  /** Only name them. */
  readonly list: boolean;
}

interface Given {
  readonly micro?: boolean;
  readonly swarm?: boolean;
  readonly virtual?: boolean;
  readonly page?: boolean;
  readonly peers?: string;
  readonly large?: boolean;
  readonly filter?: string;
  readonly smoke?: boolean;
  readonly repeat?: number;
  readonly compare?: string;
  readonly out: string;
  readonly json?: boolean;
  readonly list?: boolean;
}

const REPEATS = { full: 5, smoke: 1 };

const EXAMPLES = `
Examples:
  swarm-lab bench
      everything, about ten minutes
  swarm-lab bench --micro --filter picker
      some micro-benchmarks
  swarm-lab bench --swarm --filter "8 leechers" --repeat 10
      ten runs of some whole swarms
  swarm-lab bench --peers libtorrent --repeat 5
      is the swarm faster than libtorrent?
  swarm-lab bench --compare reports/bench/latest.json
      what has changed since the last run
  TMPDIR=/dev/shm swarm-lab bench --swarm
      with files in memory, without the noise of the disk

Exit codes: 0 all measured, whatever came out; 1 a benchmark failed, the others are saved; 2 bad option, file or
folder; 70 defect of the program; 130 stopped by Ctrl-C (what was measured is saved).
`;

function newBenchCommand() {
  return newCommand('bench', 'Measures parts of the system, and whole swarms beside a plain Node star.')
    .option('--micro', 'only the micro-benchmarks')
    .option('--swarm', 'only the whole-swarm benchmarks')
    .option('--virtual', 'only the benchmarks of virtual time')
    .option('--page', 'only the benchmarks of report pages, in a Chromium')
    .option(
      '--peers <names>',
      'only whole swarms in turns with other programs, if they are installed: libtorrent,aria2',
    )
    .option('--large', 'only swarms of 1,000 and 10,000 peers in virtual time, each for ten minutes')
    .option('--filter <text>', 'only benchmarks whose name has the text')
    .option('--smoke', 'everything in small, to see that it works')
    .addOption(
      new Option(
        '--repeat <n>',
        'rounds of micro-benchmarks, runs of each swarm (default: 5; 1 with --smoke)',
      ).argParser(wholeNumber(1, 1000)),
    )
    .option('--compare <file>', 'also print the change against a saved run')
    .option('--out <folder>', 'where to save the run', 'reports/bench')
    .option('--json', 'print the saved run instead of tables')
    .option('--list', 'only name the benchmarks')
    .addHelpText('after', EXAMPLES);
}

/**
 * @throws {CommanderError} help was asked for; commander has shown it
 * @throws {ConfigError} a mistake, or npm kept options for itself
 */
export function readBenchOptions(argv: readonly string[], env: NodeJS.ProcessEnv): BenchOptions {
  const given = readCommandLine(newBenchCommand, argv, env).opts<Given>();
  const { micro = false, swarm = false, virtual = false, page = false, large = false, smoke = false } = given;
  const peers = given.peers?.split(',').map((name) => name.trim()) ?? [];
  const all = !micro && !swarm && !virtual && !page && !large && peers.length === 0;
  return {
    micro: micro || all,
    swarm: swarm || all,
    virtual: virtual || all,
    page: page || all,
    peers,
    large,
    filter: (given.filter ?? '').toLowerCase(),
    smoke,
    repeat: given.repeat ?? REPEATS[smoke ? 'smoke' : 'full'],
    compare: given.compare,
    out: given.out,
    json: given.json ?? false,
    list: given.list ?? false,
  };
}
