/** The command line of `npm run sim`. */
import { ConfigError } from '../core/errors.ts';
import { givenPath } from './given-path.ts';
import { newCommand, seedText, wholeNumber } from './program.ts';

export interface SimOptions {
  readonly scenario: string;
  /** Instead of the scenario's. */
  readonly seed?: string;
  /** Runs of each arm. Default: the scenario's. */
  readonly repeat?: number;
  readonly set: readonly string[];
  readonly out: string;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Print the plan and stop. */
  readonly plan: boolean;
  /** 0: any free port. */
  readonly trackerPort: number;
}

const REPEATS_MAX = 10_000;

const examples = `
npm takes options for itself unless they stand behind --, and starts programs in the folder of the project: a scenario
or plan that is not found from there is looked for where you are; --out and content.folders count from the project.

Examples:
  npm run sim scenarios/three-peers.yaml
      runs the scenario and writes a report below reports/
  npm run sim -- scenarios/flash-crowd.yaml --seed 7 --set peers.leechers.count=50
      the same swarm drawn by another seed, and larger
  npm run sim -- scenarios/churn.yaml --repeat 5
      five runs with seeds derived from the scenario's, and a table over all; a scenario with a sweep runs every
      arm five times, interleaved, and compares them (docs/experiments.md)
  npm run sim -- scenarios/churn.yaml --plan
      what would happen when, how fast it could be and what it would need, without running it
  npm run --silent sim -- scenarios/three-peers.yaml --json | jq .swarm.makespanMs
      the result for other programs
  npm run sim -- scenarios/slow-uplink.yaml --tracker-port 5100
      standalone clients may join: npm run client -- -folder … -transfer_port … -name …

Exit codes: 0 every peer that should complete did, its content is intact, every threshold holds; 1 swarm incomplete
or corrupt, or the run broke down; 2 bad scenario or option, or it does not fit this machine; 3 the run says neither;
4 a threshold (expect) is missed; 5 given up by abort_on; 70 defect of the program; 130 stopped by Ctrl-C (what was
measured is written). Of several runs the worst decides: 1, then 5, 4, 3.`;

/**
 * @throws {CommanderError} a mistake, or help was asked for; commander has told the user
 * @throws {ConfigError} npm kept options for itself
 */
export function readSimOptions(argv: readonly string[], env: NodeJS.ProcessEnv): SimOptions {
  refuseWhatNpmTook(env);
  const command = newCommand('sim', 'Runs a swarm as a scenario describes it, and measures it.')
    .argument('<scenario>', 'YAML file, see scenarios/ and docs/scenario-reference.md')
    .option('--seed <text>', "decides everything random; default: the scenario's own", seedText)
    .option(
      '--repeat <n>',
      "run each arm so many times, with derived seeds; default: the scenario's, or 1",
      wholeNumber(1, REPEATS_MAX),
    )
    .option(
      '--set <path=value>',
      'change the scenario, for example peers.leechers.count=50; may be repeated',
      (value: string, earlier: readonly string[]) => [...earlier, value],
      [] as readonly string[],
    )
    .option('--out <dir>', 'where reports go', 'reports')
    .option('--json', 'the result as JSON on stdout, and nothing else there', false)
    .option('--quiet', 'tell only what went wrong', false)
    .option('--plan', 'print what would happen, and stop', false)
    .option(
      '--tracker-port <port>',
      'where the tracker listens, for others to join; 0: any free one',
      wholeNumber(0, 65_535),
      0,
    )
    .addHelpText('after', examples)
    .parse(argv, { from: 'user' });
  const options = command.opts<Omit<SimOptions, 'scenario'>>();
  return {
    ...options,
    scenario: givenPath(command.args[0]!, 'sim', env),
    // npm has an option of this name, which never reaches us; its meaning is the same.
    json: options.json || (isOurScript(env) && env['npm_config_json'] === 'true'),
  };
}

/** Options that npm does not know, and yet keeps: it hands them on in the environment only. */
const takenByNpm = ['seed', 'repeat', 'set', 'out', 'plan', 'tracker_port'];

function refuseWhatNpmTook(env: NodeJS.ProcessEnv): void {
  if (!isOurScript(env)) return;
  const taken = takenByNpm.filter((name) => env[`npm_config_${name}`] !== undefined);
  if (taken.length === 0) return;
  const names = taken.map((name) => `--${name.replace('_', '-')}`).join(', ');
  throw new ConfigError(
    `npm kept ${names} for itself; put -- before the options: npm run sim -- <scenario.yaml> ${names.replaceAll(',', ' …')} …`,
  );
}

function isOurScript(env: NodeJS.ProcessEnv): boolean {
  return env['npm_lifecycle_event'] === 'sim';
}
