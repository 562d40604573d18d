/** Which runs an experiment has, and in which order. */
import { createHash } from 'node:crypto';
import { ConfigError } from '../../core/errors.ts';
import { seededRandom } from '../../core/random.ts';
import type { Plan } from '../plan/plan.ts';
import type { SettingPlace } from '../plan/shortage.ts';
import { derivedSeed } from '../expand/seeds.ts';
import { readScenarioFile } from '../scenario/load.ts';
import { parseScenario, type ParseOptions } from '../scenario/parse.ts';
import { settingPlace } from '../scenario/setting-place.ts';
import { TIME_LIMIT_MS_MAX } from '../plan/plan-schema.ts';
import type { Repeats, Scenario } from '../scenario/language/scenario.ts';
import { expandInTime } from './default-time-limit.ts';
import { interleave } from './run-order.ts';
import type { DesignedArm } from './summarise.ts';

export interface DesignRequest {
  /** A scenario (`.yaml`). */
  readonly file: string;
  /** Default: the scenario's. */
  readonly seed?: string;
  /** Runs of each arm, ≥ 1. Default: the scenario's. */
  readonly repeat?: number;
  /** `path=value` over the scenario. */
  readonly sets: readonly string[];
}

export interface Design {
  readonly scenario: Plan['scenario'];
  readonly seed: string;
  /** Runs of each arm: the plans are those of the most. */
  readonly repeats: Repeats;
  /** The baseline first. A scenario without a sweep is its only arm, by its own name. */
  readonly arms: readonly DesignedArm[];
  readonly baseline: string | null;
  /** In the order in which they are to be run. */
  readonly plans: readonly Plan[];
  /** Where the time limit of one of the plans is written. */
  readonly timeLimitPlace?: (plan: Plan) => SettingPlace;
}

/** Every plan is drawn before the first run, so that a mistake in the last one is told at once. */
const RUNS_MAX = 10_000;

interface Cell extends DesignedArm {
  readonly scenario: Scenario;
  readonly sets: readonly string[];
}

/**
 * Draws the plans of all runs. Repeat n of every arm has the same derived seed, so that arms which differ in one key
 * meet the same arrivals, links and content. The order is drawn from the seed, too.
 *
 * @throws {ConfigError} the scenario's mistakes, also those that only one cell of a sweep has; or two of its arms are
 * the same run
 */
export function designExperiment({ file, seed, repeat, sets }: DesignRequest): Design {
  // Once, since a pipe cannot be read again.
  const text = readScenarioFile(file);
  const load = (options: ParseOptions): Scenario =>
    parseScenario(text, file, { defaultTimeLimitMs: TIME_LIMIT_MS_MAX, ...options });
  const scenario = load({ sets });
  const { arms, baseline, repeat: ownRepeat } = scenario.experiment;
  const first = seed ?? scenario.seed;
  const repeats = repeat === undefined ? ownRepeat : { least: repeat, most: repeat, until: null };
  // A baseline without a sweep is compared with the scenario as it is.
  const asItIs = { name: scenario.name, parameters: {}, sets: [] };
  const variants = baseline === null ? arms : [baseline, ...(arms.length === 0 ? [asItIs] : arms)];
  const cells: Cell[] =
    variants.length === 0
      ? [{ name: scenario.name, parameters: {}, scenario, sets: [...sets] }]
      : variants.map(({ name, parameters, sets: own }) => ({
          name,
          parameters,
          scenario: load({ sets: [...sets, ...own], withoutArms: true }),
          sets: [...sets, ...own],
        }));
  refuseAlike(file, cells.slice(baseline === null ? 0 : 1));
  const runs = cells.length * repeats.most;
  if (runs > RUNS_MAX) {
    throw new ConfigError(
      `${file}: ${cells.length} arms × ${repeats.most} repeats are ${runs} runs, but at most ${RUNS_MAX} are allowed; ` +
        'sweep over fewer values, or lower repeat',
    );
  }
  const turns = interleave(cells, repeats.most, seededRandom(`${first}/order`));
  const isExperiment = turns.length > 1;
  const plans = turns.map(({ arm, repeat: number }) => ({
    ...expandInTime(arm.scenario, derivedSeed(first, number)),
    variant: isExperiment ? { arm: arm.name, parameters: arm.parameters, repeat: number } : null,
  }));
  for (const cell of cells) {
    const own = plans.filter((_, at) => turns[at]!.arm === cell);
    checkTimes(cell, load, own);
  }
  return {
    scenario: { name: scenario.name, description: scenario.description },
    seed: first,
    repeats,
    arms: cells.map(({ name, parameters }) => ({ name, parameters })),
    baseline: baseline?.name ?? null,
    plans,
    timeLimitPlace: ({ variant }) => {
      const own = cells.find(({ name }) => name === variant?.arm)?.sets ?? sets;
      return settingPlace(text, file, 'time_limit', { sets, armSets: own.slice(sets.length) });
    },
  };
}

/**
 * What is written must come before the end of the longest of these runs: without a limit of its own, this is known
 * only now.
 *
 * @throws {ScenarioError} naming the places
 */
function checkTimes(
  { scenario, sets }: Cell,
  load: (options: ParseOptions) => Scenario,
  plans: readonly Plan[],
): void {
  if (scenario.growsWithBound !== true) return;
  const longestMs = Math.max(...plans.map(({ timeLimitMs }) => timeLimitMs));
  load({ sets, withoutArms: true, defaultTimeLimitMs: longestMs });
}

/** Arms that differ in their names only would be compared as if something had been changed. */
function refuseAlike(file: string, cells: readonly Cell[]): void {
  const nameOf = new Map<string, string>();
  for (const { name, scenario } of cells) {
    // Every arm has the seed of the whole experiment.
    const text = JSON.stringify({ ...scenario, seed: null });
    const digest = createHash('sha256').update(text).digest('hex');
    const other = nameOf.get(digest);
    if (other !== undefined) {
      throw new ConfigError(
        `${file}: the arms "${other}" and "${name}" of the sweep are the same run; sweep over a key or ` +
          'variable that makes a difference, and that --set does not replace',
      );
    }
    nameOf.set(digest, name);
  }
}
