/** What `swarm-lab sim` does with its options: it plans, checks, shows or runs. */
import { ConfigError, SwarmError } from '../../core/errors.ts';
import { printable, printableJson } from '../../core/printable.ts';
import { readEnvironment } from '../../sim/environment.ts';
import { createEngines, type Engines } from '../../sim/engines/registry.ts';
import { checkDeterminism } from '../../sim/determinism.ts';
import type { Design } from '../../sim/experiment/design.ts';
import { onAgents, type Forecast } from '../../sim/experiment/forecast.ts';
import { overloadWarning } from '../../sim/experiment/overload.ts';
import { engineNameOf, type EngineName, type Plan } from '../../sim/plan/plan.ts';
import { forecastAll, makeDesign, requireFit, requireReports } from '../../sim/pipeline.ts';
import { renderDesign } from '../../sim/report/plan/design.ts';
import { exitCodes, worstOf } from '../program/exit-codes.ts';
import { say } from '../output/program-output.ts';
import { tellTogether } from '../program/tell-together.ts';
import { interruptSignal, tellError } from '../program/run-program.ts';
import type { SimOptions } from './sim-options.ts';
import { LiveView } from './live-view.ts';
import { designAgainst, type Against } from './against.ts';
import { runAgainst } from './run-against.ts';
import type { ClusterSession } from './cluster-session.ts';
import type { SimComponents } from './runners.ts';
import { runAlone, runSeveral, type ScenarioEnd } from './sim-runs.ts';
import { renderScenarioEnds } from './sim-summary.ts';
import { canRedraw, columnsOf } from '../output/terminal.ts';

/** The exit code of it all. @throws {ConfigError} what is asked for cannot be run here */
export async function runSim(options: SimOptions): Promise<number> {
  const workerFile = new URL('./peer-worker.js', import.meta.url);
  // Which hosts there are is known once the cluster is reached.
  const reached: { cluster?: ClusterSession } = {};
  const cluster = options.cluster === undefined ? {} : { cluster: { hosts: () => reached.cluster?.hosts() } };
  const engines = createEngines({ workerFile, ...cluster }, { trackerPort: options.trackerPort });
  const designs = designAll(options, engines);
  if (options.cluster !== undefined) refuseOnCluster(engineOnCluster(designs), options);
  requireSockets(designs, options);
  if (options.cluster !== undefined) return runOnCluster(designs, options, engines, reached);
  if (options.plan) return showPlans(designs, options);
  tellTogether('sim', fitsOf(designs));
  if (options.checkDeterminism) return checkAll(designs, engines);
  requireReports(options.out);
  const environment = readEnvironment();
  const signal = interruptSignal();
  return runAndTell(designs, options, { engines, runWorkerFile: RUN_WORKER, environment, signal });
}

async function runAndTell(
  designs: readonly Planned[],
  options: SimOptions,
  components: SimComponents,
): Promise<number> {
  const live = options.live ? await LiveView.open(titleOf(designs), components.environment) : undefined;
  if (live !== undefined) say(`live: ${live.url}`);
  const ends = await runAll(designs, options, { ...components, ...(live === undefined ? {} : { live }) });
  const code = tellEnds(ends, designs, options);
  if (live !== undefined) await endLive(live, components.signal);
  return code;
}

const RUN_WORKER = new URL('./run-worker.js', import.meta.url);

/** Whether a run fits is a question of the agent that does it. */
async function runOnCluster(
  designs: readonly Planned[],
  options: SimOptions,
  engines: Engines,
  reached: { cluster?: ClusterSession },
): Promise<number> {
  const { agentsOfEmbedded, ClusterSession } = await import('./cluster-session.ts');
  const environment = readEnvironment();
  const signal = interruptSignal();
  if (!options.plan) requireReports(options.out);
  const engine = engineOnCluster(designs);
  if (options.plan && options.cluster === 'embedded') {
    const code = showPlans(designs, options);
    say(`cluster: embedded, ${agentsOfEmbedded(options, engine)} agents on this machine`);
    return code;
  }
  const cluster = await ClusterSession.open({ options, environment, signal, engine });
  reached.cluster = cluster;
  try {
    const onCluster = designs.map((one) => ({
      ...one,
      // Which hosts there are is known only now.
      forecasts: engine === 'cluster' ? forecastAll(one.design, engines) : one.forecasts.map(onAgents),
    }));
    if (options.plan) {
      const code = showPlans(onCluster, options);
      say(`cluster: ${cluster.description}`);
      return code;
    }
    tellTogether('sim', fitsOf(onCluster));
    const here = { engines, runWorkerFile: RUN_WORKER, environment, signal };
    // A run over all agents is led from here; the others are in a queue for the agents.
    const components = engine === 'cluster' ? here : { ...here, cluster };
    return await runAndTell(onCluster, options, components);
  } finally {
    await cluster.close();
  }
}

/** @throws {ConfigError} runs over all agents cannot go on beside runs that one agent does */
function engineOnCluster(designs: readonly Planned[]): EngineName {
  const names = new Set(designs.flatMap(({ design }) => design.plans.map(engineNameOf)));
  if (!names.has('cluster')) return names.has('threads') ? 'threads' : 'virtual';
  if (names.size === 1) return 'cluster';
  throw new ConfigError(
    '--cluster: runs of engine: cluster need all agents, and the others would disturb them; run them one after the other',
  );
}

/** @throws {ConfigError} what cannot be had of runs that go on elsewhere, or of one over all agents */
function refuseOnCluster(engine: EngineName, { live, trackerPort, resume }: SimOptions): void {
  const isLedHere = engine === 'cluster';
  if (live && !isLedHere) {
    throw new ConfigError(
      '--cluster and --live exclude each other: the runs are on other machines, and come back when they are over; leave one ' +
        'of them out (a run of engine: cluster is led from here, and can be watched)',
    );
  }
  if (trackerPort !== 0) {
    const why = isLedHere
      ? 'only the hosts of a run of engine: cluster may connect; use --engine threads without --cluster to let others join'
      : 'the runs are on other machines; leave one of them out';
    throw new ConfigError(`--cluster and --tracker-port exclude each other: ${why}`);
  }
  if (resume !== undefined && isLedHere) {
    throw new ConfigError(
      '--resume goes on with runs that wait in a queue for agents; those of engine: cluster are led from here, and cannot be ' +
        'gone on with: leave it out',
    );
  }
}

function tellEnds(ends: readonly ScenarioEnd[], designs: readonly Planned[], options: SimOptions): number {
  const isSingle = designs.length === 1;
  if (options.json) process.stdout.write(json(isSingle ? ends[0]!.data : ends.map(({ data }) => data)));
  else if (!isSingle && !options.quiet) {
    process.stdout.write(
      `\n${printable(renderScenarioEnds(ends, designs.length, columnsOf(process.stdout)))}\n`,
    );
  }
  return worstOf(ends.map(({ code }) => code));
}

/** A run may be over before its user has opened the page: who is there can end the wait, a script cannot. */
async function endLive(live: LiveView, signal: AbortSignal): Promise<void> {
  const isThere = process.stdin.isTTY && canRedraw(process.stderr);
  const waits = isThere && !live.wasSeen && !signal.aborted;
  if (waits)
    say(`live: no browser has come yet; ${live.url} has the finished report until one has (or Ctrl-C)`);
  await live.end(waits ? signal : undefined);
}

function titleOf(designs: readonly Planned[]): string {
  return designs.map(({ design }) => design.scenario.name).join(', ');
}

/** @throws {ConfigError} others are to join a swarm that they cannot reach */
function requireSockets(designs: readonly Planned[], { trackerPort }: SimOptions): void {
  const virtual = designs.find(({ design }) => design.plans.some((plan) => engineNameOf(plan) === 'virtual'));
  if (trackerPort === 0 || virtual === undefined) return;
  throw new ConfigError(
    `--tracker-port lets others join over sockets, but ${virtual.design.scenario.name} runs in virtual time, ` +
      'which has no sockets; leave the option out, or add --engine threads',
  );
}

/** Every plan twice; the first difference of each is shown. */
async function checkAll(designs: readonly Planned[], engines: Engines): Promise<number> {
  const components = { environment: readEnvironment(), signal: interruptSignal() };
  let differing = 0;
  for (const plan of designs.flatMap(({ design }) => design.plans)) {
    const name = planTitle(plan);
    const { events, difference } = await checkDeterminism(plan, { ...components, engine: engines.virtual });
    if (difference === null) {
      say(`${name}: both runs gave the same ${events} events and the same result`);
      continue;
    }
    differing++;
    const { where, first, second } = difference;
    say(`${name}: the two runs differ, first at ${where}\n  first   ${first}\n  second  ${second}`);
  }
  return differing === 0 ? exitCodes.ok : exitCodes.failed;
}

function planTitle({ scenario, seed, variant }: Plan): string {
  return [scenario.name, ...(variant === null ? [] : [variant.arm]), `seed ${seed}`].join(', ');
}

interface Planned {
  readonly design: Design;
  /** What it is to be compared with: the design has the runs of both. */
  readonly against?: Against;
  readonly forecasts: readonly Forecast[];
}

/** Every scenario is read before the first run, and the mistakes of all are told at once. */
function designAll(options: SimOptions, engines: Engines): Planned[] {
  return tellTogether(
    'sim',
    options.scenarios.map((file) => () => {
      const request = {
        file,
        sets: options.set,
        ...(options.engine === undefined ? {} : { engine: options.engine }),
        ...(options.seed === undefined ? {} : { seed: options.seed }),
        ...(options.repeat === undefined ? {} : { repeat: options.repeat }),
      };
      if (options.against !== undefined) {
        const against = designAgainst(options.against, request);
        return { design: against.design, against, forecasts: forecastAll(against.design, engines) };
      }
      const design = makeDesign(request);
      return { design, forecasts: forecastAll(design, engines) };
    }),
  );
}

/** The plans are shown whole, also those that cannot be run here: the exit code tells that. */
function showPlans(designs: readonly Planned[], { json: asJson }: SimOptions): number {
  const plans = designs.map(({ design }) => plansOf(design));
  const columns = columnsOf(process.stdout);
  process.stdout.write(
    asJson
      ? json(plans.length === 1 ? plans[0] : plans)
      : printable(
          designs.map(({ design, forecasts }) => renderDesign(design, forecasts, columns)).join('\n'),
        ),
  );
  const short = designs.filter(({ forecasts }) => forecasts.some(({ shortages }) => shortages.length > 0));
  if (short.length === 0) return exitCodes.ok;
  // What the text has told already is not told twice.
  const isTold = !asJson && short.every(({ design }) => design.plans.length === 1);
  if (isTold)
    say(`sim: ${short.map(({ design }) => design.scenario.name).join(' and ')} cannot be run (see above)`);
  else tellTogether('sim', fitsOf(short));
  return exitCodes.badInput;
}

function fitsOf(designs: readonly Planned[]): (() => void)[] {
  return designs.map(
    ({ design, forecasts }) =>
      () =>
        requireFit(design, forecasts),
  );
}

/** One after another, each with all of the machine. One that breaks down is told, and the next one begins. */
async function runAll(
  designs: readonly Planned[],
  options: SimOptions,
  components: SimComponents,
): Promise<ScenarioEnd[]> {
  const ends: ScenarioEnd[] = [];
  for (const planned of designs) {
    const { design, forecasts } = planned;
    if (components.signal.aborted) break;
    if (!options.quiet && components.cluster === undefined) warnOfOverload(design, forecasts);
    try {
      const end = await run(planned, options, components);
      // What was measured until then is shown all the same.
      ends.push(end.failure === undefined ? end : { ...end, ...brokenBy(end.failure) });
    } catch (error) {
      if (designs.length === 1 || !(error instanceof SwarmError)) throw error;
      const { name } = design.scenario;
      ends.push({ name, makespanMs: null, efficiency: null, folder: '', data: null, ...brokenBy(error) });
    }
  }
  return ends;
}

function warnOfOverload({ scenario }: Design, forecasts: readonly Forecast[]): void {
  const warning = overloadWarning(forecasts.map(({ overload }) => overload));
  if (warning !== undefined) say(`${scenario.name}: ${warning}`);
}

function brokenBy(error: Error): Pick<ScenarioEnd, 'code' | 'outcome' | 'reasons'> {
  return { code: tellError('sim', error), outcome: 'broke down', reasons: [error.message.split('\n')[0]!] };
}

function run(
  { design, against }: Planned,
  options: SimOptions,
  components: SimComponents,
): Promise<ScenarioEnd> {
  if (against !== undefined) return runAgainst(against, options, components);
  const [plan, second] = design.plans;
  return second === undefined
    ? runAlone(plan!, options, components)
    : runSeveral(design, options, components);
}

/** One plan as it is, of several a list. */
function plansOf({ plans }: Design): unknown {
  return plans.length === 1 ? plans[0] : plans;
}

function json(value: unknown): string {
  return `${printableJson(value)}\n`;
}
