/** What a thread does that examines scenarios: those of some seeds, each failing one made smaller; or one of a file. */
import { ConfigError, toPlainError, type PlainError } from '../../core/errors.ts';
import { expand } from '../expand/expand.ts';
import { parseScenario } from '../scenario/parse.ts';
import { brokenBuilds, type BrokenBuildName } from './broken-builds.ts';
import { drawScenario } from './draw-scenario.ts';
import { examine, TOOK_TOO_LONG, type Problem } from './examine.ts';
import { scenarioText, type FuzzScenario } from './fuzz-scenario.ts';
import { shrink } from './shrink.ts';
import { timeBudgetMs } from './time-budget.ts';

export interface FuzzTask {
  readonly from: number;
  readonly count: number;
  readonly build?: BrokenBuildName;
  /** Two whole numbers that the thread counts up: seeds that are over, and runs that have begun. */
  readonly progress?: Int32Array;
}

/** A scenario that fails, and the least that still does. */
export interface Failure {
  readonly seed: number;
  readonly problem: Problem;
  readonly peers: number;
  readonly chunks: number;
  readonly faults: number;
  readonly tries: number;
  /** A scenario file. */
  readonly text: string;
}

export type FuzzAnswer = { readonly failures: readonly Failure[] } | { readonly error: PlainError };

export async function run({ from, count, build, progress }: FuzzTask): Promise<FuzzAnswer> {
  try {
    const failures: Failure[] = [];
    for (let seed = from; seed < from + count; seed++) {
      const failure = await examineSeed(seed, build, () => progress && Atomics.add(progress, 1, 1));
      if (failure !== undefined) failures.push(failure);
      if (progress) Atomics.add(progress, 0, 1);
    }
    return { failures };
  } catch (error) {
    return { error: toPlainError(error) };
  }
}

/** The same for the same seed; undefined: nothing is wrong. `onRun`: another run begins. */
export async function examineSeed(
  seed: number,
  build?: BrokenBuildName,
  onRun?: () => void,
): Promise<Failure | undefined> {
  const { signal } = new AbortController();
  const file = `fuzz seed ${seed}`;
  const problemOf = (scenario: FuzzScenario): Promise<Problem | undefined> => {
    onRun?.();
    return examine(scenarioText(scenario), { file, build: build && brokenBuilds[build], signal });
  };
  const drawn = drawScenario(seed);
  const problem = await problemOf(drawn);
  if (problem === undefined) return undefined;
  const fails = async (candidate: FuzzScenario): Promise<boolean> => {
    try {
      return (await problemOf(candidate))?.kind === problem.kind;
    } catch (error) {
      // What is left is no scenario any more.
      if (error instanceof ConfigError) return false;
      throw error;
    }
  };
  // Each try would take as long again.
  const { scenario, tries } =
    problem.kind === TOOK_TOO_LONG ? { scenario: drawn, tries: 0 } : await shrink(drawn, fails);
  return failureOf(seed, { problem, scenario, tries, build });
}

/** What is told of a scenario that fails. */
export function failureOf(
  seed: number,
  {
    problem,
    scenario,
    tries,
    build,
  }: {
    readonly problem: Problem;
    readonly scenario: FuzzScenario;
    readonly tries: number;
    readonly build: BrokenBuildName | undefined;
  },
): Failure {
  const file = `fuzz seed ${seed}`;
  const limitMs = Math.ceil(timeBudgetMs(expand(parseScenario(scenarioText(scenario), file))));
  const why = `Found by: swarm-lab fuzz --from ${seed} --seeds 1${build === undefined ? '' : ` --build ${build}`}`;
  return {
    seed,
    problem,
    peers: Object.keys(scenario.peers).length,
    chunks: scenario.chunks,
    faults: scenario.faults.length,
    tries,
    text: scenarioText(scenario, `${limitMs}ms`, `${why}\n${problem.kind}`),
  };
}
