/** The command line of `swarm-lab fidelity`. */
import { ConfigError } from '../../core/errors.ts';
import { whatThereIs } from '../../sim/scenario/load.ts';
import { findScenario } from '../../sim/shipped/shipped-files.ts';
import { newCommand, readCommandLine } from '../arguments/command-line.ts';
import { seedText, wholeNumber } from '../arguments/values.ts';

export interface FidelityOptions {
  /** Files of scenarios or saved plans, at least one; a name for which there is no file stands as it was given. */
  readonly scenarios: readonly string[];
  /** Instead of the scenario's. */
  readonly seed?: string;
  /** Plans of each arm. Default: 3, and of a saved plan itself alone. */
  readonly repeat?: number;
  readonly set: readonly string[];
  readonly out: string;
  readonly json: boolean;
  readonly markdown: boolean;
  readonly quiet: boolean;
}

export const REPEATS = 3;
const REPEATS_MAX = 1000;

const EXAMPLES = `
Each plan is run on both engines: on threads, in real time, and then in virtual time. The plans are those of a
scenario's repeats, each with a seed of its own. The machine should have nothing else to do. Every arm of a sweep is
compared by itself.

Examples:
  swarm-lab fidelity slow-uplink
      three plans on both engines, and the difference of each figure with its interval
  swarm-lab fidelity flash-crowd churn mine.yaml --repeat 5
      one after another, and a table over all
  swarm-lab fidelity three-peers --markdown
      a line for each scenario, for a document
  swarm-lab fidelity slow-uplink --json | jq '.arms[].figures[] | {metric, difference}'
      the figures for other programs

Exit codes: 0 median completion and makespan agree within 5 %, where the machine did not limit the run on threads;
1 one differs by more, or a run broke down; 2 bad scenario or option, or it cannot be run here; 3 it cannot be told:
the repeats scatter by more, or the machine limited every run; 70 defect of the program; 130 stopped by Ctrl-C.`;

function newFidelityCommand() {
  return newCommand('fidelity', 'Runs scenarios on both engines, and tells how far their figures differ.')
    .argument('[scenario...]', 'YAML files or short names, see scenarios/ and docs/scenario-reference.md')
    .option('--repeat <n>', `plans of each arm (default: ${REPEATS})`, wholeNumber(1, REPEATS_MAX))
    .option('--seed <text>', "decides everything random; default: the scenario's own", seedText)
    .option(
      '--set <path=value>',
      'change the scenario, for example peers.leechers.count=50; may be repeated',
      (value: string, earlier: readonly string[]) => [...earlier, value],
      [] as readonly string[],
    )
    .option('--out <folder>', 'where reports go', 'reports')
    .option('--json', 'the result as JSON on stdout, and nothing else there', false)
    .option('--markdown', 'the table as Markdown, a line for each arm', false)
    .option('--quiet', 'tell only what went wrong', false)
    .addHelpText('after', EXAMPLES);
}

/**
 * @throws {CommanderError} help was asked for; commander has shown it
 * @throws {ConfigError} a mistake, or npm kept options for itself
 */
export function readFidelityOptions(argv: readonly string[], env: NodeJS.ProcessEnv): FidelityOptions {
  const command = readCommandLine(newFidelityCommand, argv, env);
  const options = command.opts<Omit<FidelityOptions, 'scenarios'>>();
  if (options.json && options.markdown) {
    throw new ConfigError('--json and --markdown are two ways to print one result; choose one of them');
  }
  const scenarios = command.args.map((name) => findScenario(name) ?? name);
  if (scenarios.length === 0) throw new ConfigError(`<scenario> is missing; ${whatThereIs()}`);
  return { ...options, scenarios };
}
