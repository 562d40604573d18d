/** Saved runs or experiments side by side: each of the others with the first. */
import { ConfigError } from '../../core/errors.ts';
import { CONFIDENCE } from '../analyse/confidence.ts';
import { COMPARISON_SCHEMA_VERSION, type ComparedSide, type Comparison, type Side } from './comparison.ts';
import { compareFigures, type ComparedRuns } from './compare-figures.ts';
import {
  doubts,
  groupsLeftOut,
  planDifferences,
  unlike,
  type Named,
  type PlanOf,
} from './compare-warnings.ts';
import type { Experiment, ExperimentRun } from './experiment.ts';

/** Runs that are to be compared, and where they are from. */
export interface ComparedSource {
  readonly source: string;
  readonly experiment: Experiment;
  /** For what is unlike in the plans. Default: only that they differ is said. */
  readonly planOf?: PlanOf;
}

export interface CompareOptions {
  /** Compares runs of different scenarios, too: their figures are shown, and nothing is concluded. Default: no. */
  readonly differentScenarios?: boolean;
  /** The runs of all sides took turns, so that a change of the machine met them alike. Default: no. */
  readonly interleaved?: boolean;
}

interface ArmPair extends ComparedRuns {
  readonly name: string;
}

interface SidePair {
  readonly other: Named & ComparedSource;
  readonly arms: readonly ArmPair[];
}

/**
 * Arms are matched by name; one arm alone on each side is matched with the other whatever their names.
 *
 * @param sources at least two; the first is the base
 * @throws {ConfigError} they are of different scenarios, and that was not asked for
 */
export function compareSaved(sources: readonly ComparedSource[], options: CompareOptions = {}): Comparison {
  const [base, ...others] = sources.map((one, at) => ({ ...one, name: letter(at) }));
  if (base === undefined || others.length === 0)
    throw new ConfigError('a comparison needs at least two sides');
  for (const other of others) {
    if (options.differentScenarios !== true) requireSameScenario(base, other);
  }
  const pairs = others.map((other): SidePair => ({ other, arms: pairArms(base, other) }));
  const { tested, testedOthers, figures } = compareFigures(pairs.flatMap(({ arms }) => arms));
  const rest = [...figures];
  return {
    schemaVersion: COMPARISON_SCHEMA_VERSION,
    kind: 'comparison',
    confidence: CONFIDENCE,
    tested,
    testedOthers,
    base: sideOf(base),
    others: pairs.map(({ other, arms }): ComparedSide => {
      const own = rest.splice(0, arms.length);
      return {
        side: sideOf(other),
        warnings: warningsOf(base, other, arms, options),
        arms: arms.map(({ name }, at) => ({ name, figures: own[at]! })),
        ...unmatched(base.experiment, other.experiment),
      };
    }),
  };
}

function letter(at: number): string {
  const LETTERS = 26;
  return at < LETTERS ? String.fromCharCode('A'.charCodeAt(0) + at) : `side ${at + 1}`;
}

function requireSameScenario(base: Named & ComparedSource, other: Named & ComparedSource): void {
  const [one, two] = [base.experiment.scenario.name, other.experiment.scenario.name];
  if (one === two) return;
  throw new ConfigError(
    `${base.source} is of scenario ${one}, ${other.source} of scenario ${two}, so that neither can be called better; ` +
      'compare runs of one scenario, or add --different-scenarios to see their figures side by side',
  );
}

function armNames({ arms }: Experiment): string[] {
  return arms.map(({ name }) => name);
}

function areAlone(base: Experiment, other: Experiment): boolean {
  return base.arms.length === 1 && other.arms.length === 1;
}

function pairArms({ experiment: base }: Named, { experiment: other }: Named): ArmPair[] {
  const names = areAlone(base, other)
    ? [[armNames(base)[0]!, armNames(other)[0]!] as const]
    : armNames(base)
        .filter((name) => armNames(other).includes(name))
        .map((name) => [name, name] as const);
  return names.map(([one, two]) => {
    const [runs, others] = [runsOf(base, one), runsOf(other, two)];
    return { name: one, base: runs, other: others, doubt: doubtOf(base, other, [...runs, ...others]) };
  });
}

function unmatched(base: Experiment, other: Experiment): Pick<ComparedSide, 'onlyBase' | 'onlyOther'> {
  if (areAlone(base, other)) return { onlyBase: [], onlyOther: [] };
  const lacking = (names: readonly string[], others: readonly string[]) =>
    names.filter((name) => !others.includes(name));
  const [one, two] = [armNames(base), armNames(other)];
  return { onlyBase: lacking(one, two), onlyOther: lacking(two, one) };
}

/** The finished runs of an arm that tell something of their own. */
function runsOf({ runs, engine }: Experiment, arm: string): ExperimentRun[] {
  const finished = runs
    .filter((run) => run.arm === arm && run.ending !== 'interrupted')
    .toSorted((a, b) => a.repeat - b.repeat);
  return engine === 'threads' ? finished : withoutCopies(finished);
}

/** In virtual time a plan always gives the same figures: a second run of it says nothing about scatter. */
function withoutCopies(runs: readonly ExperimentRun[]): ExperimentRun[] {
  const key = ({ planHash, figures }: ExperimentRun): string => JSON.stringify([planHash, figures]);
  return [...new Map(runs.map((run) => [key(run), run])).values()];
}

function doubtOf(base: Experiment, other: Experiment, runs: readonly ExperimentRun[]): string {
  if (base.scenario.name !== other.scenario.name) return 'they are of different scenarios';
  const untrusted = runs.filter(({ trust }) => trust === 'untrusted').length;
  return untrusted === 0 ? '' : `${untrusted} of ${runs.length} runs are untrusted`;
}

function sideOf({ name, source, experiment }: Named & ComparedSource): Side {
  const { scenario, engine, environment, startedAt, runs } = experiment;
  const { commit } = environment;
  return { name, source, scenario: scenario.name, engine, commit, startedAt, runs: runs.length };
}

function warningsOf(
  base: Named & ComparedSource,
  other: Named & ComparedSource,
  arms: readonly ArmPair[],
  { interleaved = false }: CompareOptions,
): string[] {
  const isReal = [base, other].some(({ experiment }) => experiment.engine !== 'virtual');
  return [
    ...unlike(base, other),
    ...planDifferences(arms, other.name, { base: base.planOf, other: other.planOf }),
    ...copies(base),
    ...copies(other),
    ...groupsLeftOut(base),
    ...groupsLeftOut(other),
    ...doubts(base),
    ...doubts(other),
    ...(isReal && !interleaved
      ? ['The runs did not take turns. A change of the machine between them counts as a difference.']
      : []),
  ];
}

function copies({ name, experiment }: Named): string[] {
  const finished = experiment.runs.filter(({ ending }) => ending !== 'interrupted').length;
  const counted = armNames(experiment).reduce((sum, arm) => sum + runsOf(experiment, arm).length, 0);
  if (counted === finished) return [];
  return [
    `${finished - counted} of ${finished} runs of ${name} repeat a plan in virtual time, and count once: use --repeat.`,
  ];
}
