/** The way of the data, from a scenario to its reports. Each step is one call; nothing flows back. */
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { ConfigError, StoreError } from '../core/errors.ts';
import type { Engine, RunWatcher } from './engines/engine.ts';
import { measure } from './measure/measure.ts';
import type { Environment, RunResult } from './measure/result.ts';
import { expand } from './plan/expand.ts';
import { parsePlan } from './plan/parse-plan.ts';
import type { Plan } from './plan/plan.ts';
import { derivedSeed } from './plan/seeds.ts';
import { writeReport } from './report/write-report.ts';
import { loadScenario } from './scenario/load.ts';

export interface SimulationRequest {
  /** A scenario (`.yaml`), or a plan that was saved (`.json`) and runs as it is. */
  readonly file: string;
  /** Default: the scenario's. */
  readonly seed?: string;
  /** Runs with derived seeds. ≥ 1. */
  readonly repeat: number;
  /** `path=value` over the scenario. */
  readonly sets: readonly string[];
}

export interface RunComponents {
  readonly engine: Engine;
  readonly watcher: RunWatcher;
  readonly environment: Environment;
}

export interface FinishedRun {
  readonly result: RunResult;
  /** Where its report is. */
  readonly folder: string;
}

/**
 * A plan for each repeat, with every random value drawn.
 *
 * @throws {ConfigError} the scenario's mistakes, or what cannot be asked of a saved plan
 */
export function makePlans({ file, seed, repeat, sets }: SimulationRequest): readonly Plan[] {
  if (file.endsWith('.json')) return [loadPlan(file, { seed, repeat, sets })];
  const scenario = loadScenario(file, { sets });
  const first = seed ?? scenario.seed;
  return Array.from({ length: repeat }, (_, at) => expand(scenario, { seed: derivedSeed(first, at + 1) }));
}

/** That the reports can be written is found out before the run, not after it. @throws {StoreError} */
export function requireReports(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(`reports cannot be written to ${folder}: ${why}; choose another folder by --out`, {
      cause,
    });
  }
}

/**
 * Runs a plan, measures what happened and writes the report below `reports`/<scenario>/.
 *
 * @throws {EngineError} this machine cannot run it
 */
export async function runPlan(
  plan: Plan,
  reports: string,
  { engine, watcher, environment }: RunComponents,
): Promise<FinishedRun> {
  const record = await engine.run(plan, watcher);
  const result = measure(plan, record, environment);
  const folder = await writeReport(reports, result, record.events);
  return { result, folder };
}

function loadPlan(file: string, { seed, repeat, sets }: Omit<SimulationRequest, 'file'>): Plan {
  const changes = seed !== undefined || repeat !== 1 || sets.length > 0;
  if (changes) {
    throw new ConfigError(
      `${file} is a plan, in which everything is drawn: --seed, --repeat and --set go with a scenario`,
    );
  }
  try {
    return parsePlan(readFileSync(file, 'utf8'), file);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
