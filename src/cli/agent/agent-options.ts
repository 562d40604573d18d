/** The command line of `swarm-lab agent`. */
import { hostname } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { parallelThreads } from '../../sim/machine/processors.ts';
import { readClusterAddress, type ClusterAddress } from '../../sim/cluster/cluster-address.ts';
import { addClusterArguments, type ClusterArguments } from '../arguments/cluster-arguments.ts';
import { newCommand, readCommandLine } from '../arguments/command-line.ts';
import { wholeNumber } from '../arguments/values.ts';

export interface AgentSettings {
  readonly address: ClusterAddress;
  readonly name: string;
  /** Runs in virtual time at once. */
  readonly lanes: number;
  /** Given by the user, and not looked at yet; may be empty. */
  readonly addresses: readonly string[];
  /** The user takes the risk of a server that asks nobody who he is. */
  readonly insecure: boolean;
  readonly quiet: boolean;
  /** Ends when its input does. */
  readonly watchInput: boolean;
}

interface RawOptions extends ClusterArguments {
  readonly nats: string;
  readonly name: string;
  readonly lanes: number;
  readonly address: readonly string[];
  readonly insecure: boolean;
  readonly quiet: boolean;
  readonly watchInput: boolean;
}

const LANES_MAX = 1024;

const EXAMPLES = `
Examples:
  swarm-lab agent --nats nats://127.0.0.1:4222
      takes runs of experiments that are started by swarm-lab sim <scenario> --cluster nats://127.0.0.1:4222
  NATS_TOKEN=… swarm-lab agent --nats nats://lab-1:4222
      the same on another machine (docs/cluster.md)

An agent runs plans and nothing else: no other command can be sent to it.

Exit codes: 0 stopped by Ctrl-C or SIGTERM; 2 bad option, or the server refuses it; 70 defect of the program.`;

function newAgentCommand() {
  const command = newCommand(
    'agent',
    'Takes the runs of experiments from a cluster, and does them on this machine.',
  )
    .requiredOption(
      '--nats <url>',
      'the NATS server of the cluster, as nats://host:4222; several with commas',
    )
    .option('--name <name>', 'the name that reports and messages show', agentName, hostname())
    .option(
      '--lanes <n>',
      'runs in virtual time that it does at once; runs in real time are done one at a time in any case',
      wholeNumber(1, LANES_MAX),
      parallelThreads(),
    )
    .option(
      '--address <address>',
      'numeric, where its peers listen and other hosts reach them; may be repeated (default: all that the machine has; 127.0.0.1 without credentials)',
      collect,
      [],
    )
    .option('--quiet', 'print only what goes wrong', false)
    .option(
      '--watch-input',
      'stop when standard input ends, as when the program that started it is gone',
      false,
    );
  return addClusterArguments(command).addHelpText('after', EXAMPLES);
}

/** @throws {ConfigError} a mistake. @throws {CommanderError} help was asked for */
export function readAgentOptions(argv: readonly string[], env: NodeJS.ProcessEnv): AgentSettings {
  const options = readCommandLine(newAgentCommand, argv, env).opts<RawOptions>();
  const { nats, name, lanes, address, insecure, quiet, watchInput } = options;
  return {
    address: readClusterAddress(nats, options, env),
    name,
    lanes,
    addresses: address,
    insecure,
    quiet,
    watchInput,
  };
}

function agentName(text: string): string {
  if (/^[\w.:-]{1,60}$/.test(text)) return text;
  throw new InvalidArgumentError('It must have 1 to 60 letters, digits, dots or hyphens.');
}

function collect(address: string, before: readonly string[]): readonly string[] {
  return [...before, address];
}
