/** The command line of `swarm-lab sim`. */
import { Option } from 'commander';
import { ConfigError } from '../../core/errors.ts';
import { engineNames } from '../../sim/plan/engine-names.ts';
import type { EngineName } from '../../sim/plan/plan.ts';
import { addClusterArguments, type ClusterArguments } from '../arguments/cluster-arguments.ts';
import { newCommand, readCommandLine } from '../arguments/command-line.ts';
import {
  addScenarioArguments,
  scenariosOf,
  type ScenarioArguments,
} from '../arguments/scenario-arguments.ts';
import { wholeNumber } from '../arguments/values.ts';

export interface SimOptions extends ScenarioArguments, ClusterArguments {
  /** Runs of each arm. Default: the scenario's. */
  readonly repeat?: number;
  /** Print the plan and stop. */
  readonly plan: boolean;
  /** Instead of the scenario's. */
  readonly engine?: EngineName;
  /** A saved run or a git ref that each scenario is compared with. */
  readonly against?: string;
  /** Run each plan twice in virtual time, and tell the first difference, instead of a report. */
  readonly checkDeterminism: boolean;
  /** Serve the report on 127.0.0.1 while the runs go on. */
  readonly live: boolean;
  /** 0: any free port. */
  readonly trackerPort: number;
  /** The NATS server of the cluster whose agents do the runs, or `embedded`. */
  readonly cluster?: string;
  /** Of an embedded cluster; of another, to wait for. */
  readonly agents?: number;
  /** The folder of an experiment that goes on. */
  readonly resume?: string;
}

const REPEATS_MAX = 10_000;
const AGENTS_MAX = 1000;

const examples = `
Name a scenario by its file; one that comes with the laboratory also has a short name. All other paths start from the
current folder: files, reports, and the chunk folders of a scenario (the classic ones come with the laboratory, too).
With npm run, put options after --; npm swallows those before it.

Examples:
  swarm-lab sim three-peers
      runs the scenario and writes a report below reports/
  swarm-lab sim flash-crowd --seed 7 --set peers.leechers.count=50
      the same swarm with another seed, and larger
  swarm-lab sim churn --repeat 5
      makes five runs with derived seeds, and a table of all; a scenario with a sweep runs every arm five times,
      interleaved, and compares them (docs/experiments.md)
  swarm-lab sim churn mine.yaml papers/kumar-ross-fluid
      runs them one after another and prints a table of all; the worst outcome decides the exit code
  swarm-lab sim churn --plan
      shows what would happen when, how fast it could be, what it needs and what is short, and runs nothing; exit code
      2 if it cannot be run here
  swarm-lab sim three-peers --json | jq .swarm.makespanMs
      prints the result for other programs
  swarm-lab sim flash-crowd --engine virtual
      the same peers in virtual time: as fast as the processor allows, and the same events each time (docs/virtual.md)
  swarm-lab sim picker-sweep --set sweep=null --set baseline=null --repeat 5 --engine virtual --against main
      did a change of the picker help? The same plans run by this program and by that of the branch main, in turns,
      with a comparison (docs/experiments.md)
  swarm-lab sim churn --repeat 1000 --engine virtual --cluster nats://lab-1:4222
      the agents of a cluster do the runs (docs/cluster.md)
  swarm-lab sim slow-uplink --tracker-port 5100
      standalone clients may join: swarm-lab client -folder … -transfer_port … -name …

Exit codes: 0 every peer that must complete did, its content is intact, every threshold holds; 1 swarm incomplete
or corrupt, or the run failed; 2 bad scenario or option, or it cannot be run here; 3 inconclusive;
4 a threshold (expect) does not hold; 5 given up by abort_on; 70 defect of the program; 130 stopped by Ctrl-C (what was
measured is written). Of several runs or scenarios the worst decides: 1, then 5, 4, 3.`;

function newSimCommand() {
  const command = newCommand('sim', 'Runs a swarm as a scenario describes it, and measures it.');
  addScenarioArguments(command)
    .option(
      '--repeat <n>',
      "run each arm n times, with derived seeds (default: the scenario's, or 1)",
      wholeNumber(1, REPEATS_MAX),
    )
    .addOption(
      new Option(
        '--engine <name>',
        "threads: real sockets, in real time; virtual: the same peers in virtual time; cluster: real sockets on several hosts (default: the scenario's)",
      ).choices(engineNames),
    )
    .option('--plan', 'print what would happen, even if it cannot be run here, and stop', false)
    .option('--live', 'show the runs in a browser while they go on, one after another; prints where', false)
    .option(
      '--against <run or ref>',
      'run the plans of a saved run, or the program of a git ref, in turns with the scenario, and compare',
    )
    .option(
      '--check-determinism',
      'run each plan twice in virtual time, show the first difference, and write no report',
      false,
    )
    .option(
      '--tracker-port <port>',
      'port of the tracker, for others to join; 0: any free one',
      wholeNumber(0, 65_535),
      0,
    )
    .option(
      '--cluster <url>',
      'have the runs done by the agents of a cluster, as nats://host:4222; embedded: by agents of this machine, with a ' +
        'NATS server of its own (docs/cluster.md)',
    )
    .option(
      '--agents <n>',
      'agents of an embedded cluster (default: one a core); of another: begin when so many are there',
      wholeNumber(1, AGENTS_MAX),
    )
    .option(
      '--resume <run>',
      "go on with an experiment of a cluster: its folder's name below <out>/<scenario>/",
    )
    .addHelpText('after', examples);
  return addClusterArguments(command);
}

/**
 * @throws {CommanderError} help was asked for; commander has shown it
 * @throws {ConfigError} a mistake, or npm kept options for itself
 */
export function readSimOptions(argv: readonly string[], env: NodeJS.ProcessEnv): SimOptions {
  const command = readCommandLine(newSimCommand, argv, env);
  const options = command.opts<Omit<SimOptions, 'scenarios'>>();
  const scenarios = scenariosOf(command);
  const other = options.plan ? '--plan' : options.checkDeterminism ? '--check-determinism' : undefined;
  if (options.against !== undefined && other !== undefined) {
    throw new ConfigError(`--against and ${other} exclude each other; leave one of them out`);
  }
  refuseWithCluster(options, scenarios);
  const engine = options.checkDeterminism ? (options.engine ?? 'virtual') : options.engine;
  return { ...options, ...(engine === undefined ? {} : { engine }), scenarios };
}

/** @throws {ConfigError} what cannot go with --cluster, or only goes with it */
function refuseWithCluster(options: Omit<SimOptions, 'scenarios'>, scenarios: readonly string[]): void {
  const { cluster, agents, resume, against, checkDeterminism } = options;
  if (cluster === undefined) {
    const alone = agents !== undefined ? '--agents' : resume !== undefined ? '--resume' : undefined;
    if (alone !== undefined) throw new ConfigError(`${alone} belongs to --cluster; give that, too`);
    return;
  }
  const other = [against !== undefined && '--against', checkDeterminism && '--check-determinism'].find(
    (name) => name !== false,
  );
  if (other !== undefined) {
    throw new ConfigError(
      `--cluster and ${other} exclude each other: the runs are on other machines; leave one of them out`,
    );
  }
  if (resume === undefined) return;
  if (cluster === 'embedded') {
    throw new ConfigError('--resume: an embedded cluster ends with its program; begin the experiment anew');
  }
  if (scenarios.length > 1) throw new ConfigError('--resume goes on with one scenario; name that alone');
}
