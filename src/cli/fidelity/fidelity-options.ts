/** The command line of `swarm-lab fidelity`. */
import { ConfigError } from '../../core/errors.ts';
import { newCommand, readCommandLine } from '../arguments/command-line.ts';
import {
  addScenarioArguments,
  scenariosOf,
  type ScenarioArguments,
} from '../arguments/scenario-arguments.ts';
import { wholeNumber } from '../arguments/values.ts';

export interface FidelityOptions extends ScenarioArguments {
  /** Plans of each arm. Default: 3, and of a saved plan itself alone. */
  readonly repeat?: number;
  readonly markdown: boolean;
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
  const command = newCommand(
    'fidelity',
    'Runs scenarios on both engines, and tells how far their figures differ.',
  );
  return addScenarioArguments(command)
    .option('--repeat <n>', `plans of each arm (default: ${REPEATS})`, wholeNumber(1, REPEATS_MAX))
    .option('--markdown', 'print the table as Markdown, a line for each arm', false)
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
  return { ...options, scenarios: scenariosOf(command) };
}
