/** Two saved results or experiments side by side, with what makes them unlike. */
import type { Better } from '../metrics/metric.ts';
import type { MetricUnit } from '../units/metric-unit.ts';
import { repeated, type Repeated } from '../analyse/statistics.ts';
import type { TrustLevel } from '../result/result.ts';
import type { Against, Experiment, ExperimentRun } from './experiment.ts';
import { compareSamples } from './compare-arms.ts';
import { kindOf } from './summarise.ts';

export interface ExperimentComparison {
  readonly before: Side;
  readonly after: Side;
  /** What is unlike besides what was to be compared, and what a reader must know; each a sentence. */
  readonly warnings: readonly string[];
  readonly arms: readonly ComparedArm[];
  /** Names of arms that only one side has. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

export interface Side {
  readonly scenario: string;
  readonly commit: string | null;
  readonly startedAt: string;
  readonly runs: number;
}

export interface ComparedArm {
  /** As before; where each side has one arm only, their names may differ. */
  readonly name: string;
  readonly figures: readonly ComparedFigure[];
}

export interface ComparedFigure {
  readonly metric: string;
  readonly unit: MetricUnit;
  readonly better: Better;
  readonly before: Repeated | null;
  readonly after: Repeated | null;
  /** after − before. */
  readonly against: Against;
}

/** Arms are matched by name; one arm alone on each side is matched with the other whatever their names. */
export function compareExperiments(before: Experiment, after: Experiment): ExperimentComparison {
  const names = (experiment: Experiment) => experiment.arms.map(({ name }) => name);
  const alone = before.arms.length === 1 && after.arms.length === 1;
  const pairs = alone
    ? [[names(before)[0]!, names(after)[0]!] as const]
    : names(before)
        .filter((name) => names(after).includes(name))
        .map((name) => [name, name] as const);
  const compared = pairs.map(([one, other]) => ({
    name: one,
    before: finished(before, one),
    after: finished(after, other),
  }));
  return {
    before: sideOf(before),
    after: sideOf(after),
    warnings: [
      ...differences(before, after),
      ...planDifferences(compared),
      ...doubts('before', before),
      ...doubts('after', after),
      'The two were not interleaved. A change of the machine between them counts as a difference.',
    ],
    arms: compareArms(compared),
    onlyBefore: alone ? [] : names(before).filter((name) => !names(after).includes(name)),
    onlyAfter: alone ? [] : names(after).filter((name) => !names(before).includes(name)),
  };
}

interface Pair {
  readonly name: string;
  readonly before: readonly ExperimentRun[];
  readonly after: readonly ExperimentRun[];
}

function finished({ runs }: Experiment, arm: string): ExperimentRun[] {
  return runs
    .filter((run) => run.arm === arm && run.ending !== 'interrupted')
    .toSorted((a, b) => a.repeat - b.repeat);
}

function sideOf({ scenario, environment, startedAt, runs }: Experiment): Side {
  return { scenario: scenario.name, commit: environment.commit, startedAt, runs: runs.length };
}

function compareArms(pairs: readonly Pair[]): ComparedArm[] {
  return pairs.map(({ name, before, after }) => {
    const has = (runs: readonly ExperimentRun[], metric: string) =>
      runs.some(({ figures }) => metric in figures);
    const metrics = [...new Set(before.flatMap(({ figures }) => Object.keys(figures)))];
    const figures = metrics
      .filter((metric) => has(after, metric))
      .map((metric): ComparedFigure => {
        const valuesOf = (runs: readonly ExperimentRun[]) => runs.map((run) => run.figures[metric] ?? null);
        const { unit, better } = kindOf(metric, [...before, ...after]);
        const [one, other] = [valuesOf(before), valuesOf(after)];
        return {
          metric,
          unit,
          better,
          before: repeated(one.filter((value) => value !== null)),
          after: repeated(other.filter((value) => value !== null)),
          against: compareSamples(better, one, [other])[0]!,
        };
      });
    return { name, figures };
  });
}

function differences(before: Experiment, after: Experiment): string[] {
  const unlike: string[] = [];
  const alike = (what: string, one: string | number | null, other: string | number | null): void => {
    if (one !== other) unlike.push(`${what}: ${one ?? 'unknown'} before, ${other ?? 'unknown'} after.`);
  };
  alike('Different scenarios', before.scenario.name, after.scenario.name);
  alike('Different engines', before.engine, after.engine);
  const [one, other] = [before.environment, after.environment];
  alike('Different processors', one.cpu, other.cpu);
  alike('Different numbers of cores', one.cores, other.cores);
  alike('Different platforms', one.platform, other.platform);
  alike('Different versions of Node', one.node, other.node);
  alike('Different commits', one.commit, other.commit);
  alike('Different versions', one.version, other.version);
  return unlike;
}

/** By the same seed an unchanged scenario has the same plan. */
function planDifferences(pairs: readonly Pair[]): string[] {
  const both = pairs.flatMap(({ before, after }) =>
    before.flatMap((run) => {
      const twin = after.find(({ seed }) => seed === run.seed);
      return twin === undefined ? [] : [{ same: twin.planHash === run.planHash }];
    }),
  );
  const changed = both.filter(({ same }) => !same).length;
  const alone = pairs.reduce((sum, { before }) => sum + before.length, 0) - both.length;
  return [
    ...(changed > 0
      ? [`${changed} of ${both.length} plans differ although the seed is the same: the scenario has changed.`]
      : []),
    ...(alone > 0
      ? [`${alone} runs have a seed that the other side lacks: their random values differ, too.`]
      : []),
  ];
}

function doubts(side: string, { runs, ending }: Experiment): string[] {
  const of = (level: TrustLevel) => runs.filter(({ trust }) => trust === level).length;
  const [doubtful, untrusted] = [of('doubtful'), of('untrusted')];
  return [
    ...(untrusted > 0
      ? [`${untrusted} of ${runs.length} runs ${side} are untrusted: the machine decided their figures.`]
      : []),
    ...(doubtful > 0
      ? [
          `${doubtful} of ${runs.length} runs ${side} are doubtful: the machine may have decided their figures.`,
        ]
      : []),
    ...(ending === 'completed'
      ? []
      : [`The experiment ${side} was ${ending === 'failed' ? 'cut short by a failure' : 'interrupted'}.`]),
  ];
}
