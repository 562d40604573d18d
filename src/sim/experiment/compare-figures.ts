/** How the figures of two sets of runs differ, and what may be said of that. */
import { holm, pairedDifference, welchDifference, type Difference } from '../analyse/confidence.ts';
import { repeated } from '../analyse/statistics.ts';
import { findMetric } from '../metrics/metrics.ts';
import { directionOf } from './compare-arms.ts';
import type { ComparedFigure } from './comparison.ts';
import type { ExperimentRun } from './experiment.ts';
import { kindOf } from './summarise.ts';

/** The runs of an arm on both sides. */
export interface ComparedRuns {
  readonly base: readonly ExperimentRun[];
  readonly other: readonly ExperimentRun[];
  /** Why nothing may be concluded from them; empty: it may. */
  readonly doubt: string;
}

/** A figure before it is known what else is tested beside it. */
interface Untold {
  readonly figure: Omit<ComparedFigure, 'verdict'>;
  readonly isSame: boolean;
}

/**
 * The figures of each pair of arms, the key ones first. The key figures of all pairs are one family, the others of all
 * pairs another: each family errs with a probability of at most 5 % (Holm), so that of two sets of equal runs nearly always
 * none differs, and the many others do not take the key figures their power.
 */
export function compareFigures(pairs: readonly ComparedRuns[]): {
  readonly tested: number;
  readonly testedOthers: number;
  readonly figures: readonly (readonly ComparedFigure[])[];
} {
  const all = pairs.map(untoldOf);
  const [family, others] = [true, false].map((isKey) =>
    all
      .flat()
      .flatMap(({ figure }) =>
        figure.difference === null || figure.isKey !== isKey ? [] : [figure.difference],
      ),
  ) as [Difference[], Difference[]];
  const isSignificant = new Map(
    [family, others].flatMap((tested) =>
      holm(tested.map(({ p }) => p)).map((significant, at) => [tested[at]!, significant] as const),
    ),
  );
  return {
    tested: family.length,
    testedOthers: others.length,
    figures: all.map((figures) => figures.map((one) => toldOf(one, isSignificant))),
  };
}

function toldOf(
  { figure, isSame }: Untold,
  isSignificant: ReadonlyMap<NonNullable<ComparedFigure['difference']>, boolean>,
): ComparedFigure {
  const { difference, better, note } = figure;
  if (difference === null) return { ...figure, verdict: isSame ? 'no difference shown' : 'inconclusive' };
  if (note !== '') return { ...figure, verdict: 'inconclusive' };
  const verdict =
    isSignificant.get(difference) === true ? directionOf(difference.estimate, better) : 'no difference shown';
  return { ...figure, verdict };
}

function untoldOf({ base, other, doubt }: ComparedRuns): Untold[] {
  const twins = twinsOf(base, other);
  const key = namesInBoth(base, other, ({ figures }) => figures);
  // What is a key figure of one side by its thresholds may be none of the other.
  const runs = [...base, ...other];
  // A seeder has no completion in any run: of such a figure there is nothing to say.
  const exists = (metric: string): boolean => runs.some((run) => (allOf(run)[metric] ?? null) !== null);
  const more = namesInBoth(base, other, allOf).filter(
    (metric) => !key.includes(metric) && exists(metric) && (!isOfGroup(metric) || isInAll(metric, runs)),
  );
  return [...key, ...more].map((metric, at): Untold => {
    const valuesOf = (runs: readonly ExperimentRun[]) => runs.map((run) => allOf(run)[metric] ?? null);
    const [one, two] = [valuesOf(base), valuesOf(twins ?? other)];
    const told = differenceOf(one, two, twins !== null);
    const [mean, otherMean] = [one, two].map((values) => repeated(values.filter((value) => value !== null)));
    const isSame = told.difference === null && one.length === 1 && two.length === 1 && one[0] === two[0];
    return {
      isSame: isSame && one[0] !== null && doubt === '',
      figure: {
        metric,
        isKey: at < key.length,
        ...kindOf(metric, [...base, ...other]),
        base: mean!,
        other: otherMean!,
        ...told,
        share: told.difference === null || mean!.mean === 0 ? null : told.difference.estimate / mean!.mean,
        note: doubt === '' ? told.note : doubt,
      },
    };
  });
}

function allOf({ figures, otherFigures = {} }: ExperimentRun): ExperimentRun['figures'] {
  return { ...figures, ...otherFigures };
}

/** Not of the swarm, as far as it is known. */
export function isOfGroup(metric: string): boolean {
  return metric.includes('.') && findMetric(metric, { groups: [], peers: [] }) === undefined;
}

/** Runs of scenarios that have changed may lack a group. */
function isInAll(metric: string, runs: readonly ExperimentRun[]): boolean {
  return runs.every((run) => Object.hasOwn(allOf(run), metric));
}

function namesInBoth(
  base: readonly ExperimentRun[],
  other: readonly ExperimentRun[],
  figuresOf: (run: ExperimentRun) => ExperimentRun['figures'],
): string[] {
  const namesOf = (runs: readonly ExperimentRun[]) => runs.flatMap((run) => Object.keys(figuresOf(run)));
  const ofOther = new Set(namesOf(other));
  return [...new Set(namesOf(base))].filter((metric) => ofOther.has(metric));
}

/** The other side's runs in the order of the base's seeds, where both have the same ones, each once. */
function twinsOf(
  base: readonly ExperimentRun[],
  other: readonly ExperimentRun[],
): readonly ExperimentRun[] | null {
  const bySeed = new Map(other.map((run) => [run.seed, run]));
  const twins = base.flatMap(({ seed }) => bySeed.get(seed) ?? []);
  const isPaired = [base.length, bySeed.size, new Set(twins).size].every((count) => count === other.length);
  return isPaired && base.length === other.length ? twins : null;
}

/** Runs without a figure are not a random part of all: they are often the worst ones. */
function differenceOf(
  one: readonly (number | null)[],
  two: readonly (number | null)[],
  isPaired: boolean,
): {
  readonly method: ComparedFigure['method'];
  readonly difference: Difference | null;
  readonly note: string;
} {
  const [before, after] = [one, two].map((values) => values.filter((value) => value !== null)) as [
    number[],
    number[],
  ];
  const lacking = one.length + two.length - before.length - after.length;
  if (lacking > 0) {
    return {
      method: null,
      difference: null,
      note: `${lacking} of ${one.length + two.length} runs have no such figure`,
    };
  }
  const difference = isPaired ? pairedDifference(before, after) : welchDifference(before, after);
  if (difference !== null) return { method: isPaired ? 'paired-t' : 'welch-t', difference, note: '' };
  return { method: null, difference: null, note: scatterNote(before.length, after.length) };
}

function scatterNote(before: number, after: number): string {
  const runs = before === 1 && after === 1 ? 'one run each shows' : 'one run on a side shows';
  return `${runs} no scatter; make at least 3 of each, for example by --repeat 5`;
}
