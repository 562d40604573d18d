/** The way of the data, from a scenario to its reports. Each step is one call; nothing flows back. */
import { ConfigError } from '../core/errors.ts';
import { readTextFile } from '../core/node/store/text-file.ts';
import { makeFolders, requireWritable } from '../core/node/store/make-folders.ts';
import type { RunWatcher } from './engines/engine.ts';
import type { Engines } from './engines/registry.ts';
import { designExperiment, type Design, type DesignRequest } from './experiment/design.ts';
import { describeCarrier, forecast, type Forecast } from './experiment/forecast.ts';
import type { Environment } from './result/result.ts';
import { parsePlan, planPlace } from './saved-plan/parse-plan.ts';
import { engineNameOf, type EngineName, type Plan } from './plan/plan.ts';
import { describeShortages, fittingText, type SettingPlace, type Shortage } from './plan/shortage.ts';
import type { RunPlace } from './report/write-report.ts';
import { runAndReport, type FinishedRun } from './run-and-report.ts';

export interface RunComponents {
  /** Each plan says on which of them it is run. */
  readonly engines: Engines;
  readonly watcher: RunWatcher;
  readonly environment: Environment;
}

export interface RunRequest extends DesignRequest {
  /** Instead of what scenario or plan say. */
  readonly engine?: EngineName;
}

/**
 * The runs that are asked for, with every random value drawn: one, or those of an experiment.
 *
 * @throws {ConfigError} the scenario's mistakes, or what cannot be asked of a saved plan
 */
export function makeDesign({ engine, ...request }: RunRequest): Design {
  const design = request.file.endsWith('.json') ? designOfPlan(request) : designExperiment(request);
  if (engine === undefined) return design;
  return { ...design, plans: design.plans.map((plan) => onEngine(plan, engine)) };
}

/** Nothing is drawn by the engine: a plan is the same on each. */
export function onEngine(plan: Plan, name: EngineName): Plan {
  return { ...plan, engine: { ...plan.engine, name } };
}

function designOfPlan(request: DesignRequest): Design {
  const { plan, timeLimitPlace } = loadPlan(request);
  const { scenario, seed } = plan;
  return {
    scenario,
    seed,
    repeats: { least: 1, most: 1, until: null },
    arms: [{ name: scenario.name, parameters: {} }],
    baseline: null,
    plans: [plan],
    timeLimitPlace,
  };
}

/**
 * What each plan needs, how fast it could be and what stands in its way on this machine. Starts nothing.
 *
 * @throws {ConfigError} a setting cannot be honoured on any machine
 */
export function forecastAll({ plans, timeLimitPlace }: Design, engines: Engines): readonly Forecast[] {
  const places = new Map<string, SettingPlace | undefined>();
  const placeOf = (plan: Plan): SettingPlace | undefined => {
    const arm = plan.variant?.arm ?? '';
    if (!places.has(arm)) places.set(arm, timeLimitPlace?.(plan));
    return places.get(arm);
  };
  return plans.map((plan) => {
    const own = engines[engineNameOf(plan)];
    const one = forecast(
      plan,
      own,
      Object.values(engines).filter((engine) => engine !== own),
    );
    const shortages = one.shortages.map((shortage) => {
      const at = shortage.setting === undefined ? undefined : placeOf(plan);
      return at === undefined ? shortage : { ...shortage, setting: { ...shortage.setting!, at } };
    });
    return { ...one, shortages };
  });
}

/** @throws {ConfigError} naming all that is short, of every arm, and the settings that help */
export function requireFit({ plans, scenario, arms }: Design, forecasts: readonly Forecast[]): void {
  const short = new Map<
    string,
    { arms: Set<string>; worst: readonly Shortage[]; carriedBy: Forecast['carriedBy'] }
  >();
  for (const [at, { shortages, carriedBy }] of forecasts.entries()) {
    if (shortages.length === 0) continue;
    const kind = shortages.map(({ what, remedy }) => `${what}: ${remedy}`).join('\n');
    const known = short.get(kind) ?? { arms: new Set<string>(), worst: shortages, carriedBy };
    known.arms.add(plans[at]!.variant?.arm ?? scenario.name);
    if ((carriedBy?.ms ?? Infinity) > (known.carriedBy?.ms ?? -Infinity)) known.carriedBy = carriedBy;
    known.worst = known.worst.map((one, i) => (one.needed < shortages[i]!.needed ? shortages[i]! : one));
    short.set(kind, known);
  }
  if (short.size === 0) return;
  const messages = [...short.values()].map(({ arms: own, worst, carriedBy }) => {
    const names = own.size === arms.length ? '' : [...own].join(' and ');
    const told =
      names === ''
        ? describeShortages(scenario.name, worst)
        : describeShortages(`${scenario.name}, ${names},`, worst, `with ${names}, `);
    return carriedBy === null ? told : `${told}\n  ${describeCarrier(carriedBy)}`;
  });
  const tight = forecasts.flatMap(({ peersMax }, at) =>
    peersMax === null ? [] : [{ peersMax, peers: plans[at]!.peers.length }],
  );
  const [tightest] = tight.sort((a, b) => a.peersMax - b.peersMax);
  if (tightest !== undefined) messages.push(`would fit: ${fittingText(tightest.peers, tightest.peersMax)}`);
  throw new ConfigError(messages.join('\n'));
}

/** That the reports can be written is found out before the run, not after it. @throws {StoreError} */
export function requireReports(folder: string): void {
  const tell = (reason: string): string =>
    `reports cannot be written to ${folder}: ${reason}; choose another folder by --out`;
  makeFolders(folder, tell);
  requireWritable(folder, tell);
}

/**
 * Runs a plan on its engine and writes the report below `reports`/<scenario>/, or to its place within an experiment.
 *
 * @throws {EngineError} this machine cannot run it; then nothing is left of the report
 * @throws {StoreError} the report cannot be written
 */
export function runPlan(
  plan: Plan,
  reports: string,
  { engines, watcher, environment }: RunComponents,
  place?: RunPlace,
): Promise<FinishedRun> {
  return runAndReport(engines[engineNameOf(plan)], plan, watcher, { reports, place, environment });
}

function loadPlan({ file, seed, repeat, sets }: DesignRequest): {
  readonly plan: Plan;
  readonly timeLimitPlace: () => SettingPlace;
} {
  if (seed !== undefined || repeat !== undefined || sets.length > 0) {
    throw new ConfigError(
      `${file} is a plan, whose random values are all drawn; use --seed, --repeat and --set with a scenario`,
    );
  }
  try {
    const text = readTextFile(file);
    return { plan: parsePlan(text, file), timeLimitPlace: () => planPlace(text, file, 'timeLimitMs') };
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError((cause as Error).message, { cause });
  }
}
