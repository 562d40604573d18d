/** From the runs to the table: means with their intervals, differences from the baseline, thresholds over repeats. */
import type { Better } from '../metrics/metric.ts';
import type { MetricUnit } from '../units/metric-unit.ts';
import { findMetric } from '../metrics/metrics.ts';
import { repeated } from '../analyse/statistics.ts';
import { compareSamples, type Sample } from './compare-arms.ts';
import type { Deciding, Outcome, TrustLevel } from '../result/result.ts';
import type { PlannedVariant } from '../plan/plan.ts';
import type {
  ArmExpectation,
  ArmFigure,
  ArmResult,
  Experiment,
  ExperimentRun,
  ExperimentVerdict,
} from './experiment.ts';

export interface DesignedArm {
  readonly name: string;
  readonly parameters: PlannedVariant['parameters'];
}

/** Runs that were interrupted take no part. `baseline`: an arm's name, or null. */
export function summariseArms(
  arms: readonly DesignedArm[],
  runs: readonly ExperimentRun[],
  baseline: string | null,
): ArmResult[] {
  const finished = runs.filter(({ ending }) => ending !== 'interrupted');
  const runsOf = (arm: string) =>
    finished.filter((run) => run.arm === arm).toSorted((a, b) => a.repeat - b.repeat);
  const metrics = [...new Set(finished.flatMap(({ figures }) => Object.keys(figures)))];
  const base = baseline === null ? null : runsOf(baseline);
  const figures = new Map(arms.map(({ name }) => [name, [] as ArmFigure[]]));
  for (const metric of metrics) {
    const { unit, better } = kindOf(metric, finished);
    const others = arms.filter(({ name }) => name !== baseline);
    const against =
      base === null
        ? []
        : compareSamples(
            better,
            valuesOf(metric, base),
            others.map(({ name }) => valuesOf(metric, runsOf(name))),
          );
    for (const { name } of arms) {
      const values = valuesOf(metric, runsOf(name)).filter((value) => value !== null);
      const position = others.findIndex((other) => other.name === name);
      figures.get(name)!.push({
        metric,
        unit,
        better,
        summary: repeated(values),
        against: against[position] ?? null,
      });
    }
  }
  return arms.map((arm) => {
    const own = runsOf(arm.name);
    const count = (outcome: Outcome) => own.filter((run) => run.outcome === outcome).length;
    const trusted = (level: TrustLevel) => own.filter(({ trust }) => trust === level).length;
    return {
      ...arm,
      runs: own.length,
      outcomes: { pass: count('pass'), fail: count('fail'), inconclusive: count('inconclusive') },
      trust: { trusted: trusted('trusted'), doubtful: trusted('doubtful'), untrusted: trusted('untrusted') },
      figures: figures.get(arm.name)!,
      expectations: expectationsOf(own),
    };
  });
}

function valuesOf(metric: string, runs: readonly ExperimentRun[]): Sample {
  return runs.map(({ figures }) => figures[metric] ?? null);
}

/** Metrics of groups and peers are in the catalogue by their last names. */
export function kindOf(metric: string, runs: readonly ExperimentRun[]): { unit: MetricUnit; better: Better } {
  const scope = metric.split('.')[0]!;
  const found = findMetric(metric, { groups: [scope], peers: [scope] });
  const expected = runs.flatMap(({ expectations }) => expectations).find((one) => one.metric === metric);
  return { unit: found?.unit ?? expected?.unit ?? 'number', better: found?.better ?? 'neither' };
}

/** A threshold passes when it holds in every repeat, is missed when it is in one, and else is inconclusive. */
function expectationsOf(runs: readonly ExperimentRun[]): ArmExpectation[] {
  const [first] = runs;
  if (first === undefined) return [];
  return first.expectations.map(({ text, metric, unit }, position) => {
    const own = runs.map(({ expectations }) => expectations[position]);
    const outcomes = own.map((one) => one?.outcome ?? 'inconclusive');
    return {
      text,
      metric,
      unit,
      outcome: worstOf(outcomes),
      measured: own.map((one) => one?.measured ?? null),
    };
  });
}

function worstOf(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('fail')) return 'fail';
  return outcomes.length === 0 || outcomes.includes('inconclusive') ? 'inconclusive' : 'pass';
}

const DECIDING: readonly Deciding[] = ['swarm', 'aborted', 'expectations', 'data'];

const TRUST: readonly TrustLevel[] = ['untrusted', 'doubtful', 'trusted'];

type JudgedRun = Pick<ExperimentRun, 'outcome' | 'because' | 'trust' | 'cause' | 'remedy'>;

/**
 * The worst of all runs decides. Without a run, or where one could not be carried out, it can be told only that the
 * experiment fails.
 */
export function judgeRuns(
  runs: readonly JudgedRun[],
  ending: Experiment['ending'] = 'completed',
): ExperimentVerdict {
  const untrusted = runs.find(({ trust }) => trust === 'untrusted');
  const worst = worstOf(runs.map(({ outcome }) => outcome));
  const isOpen = runs.length === 0 || ending === 'failed';
  return {
    outcome: isOpen && worst === 'pass' ? 'inconclusive' : worst,
    because:
      DECIDING.find((what) => runs.some(({ because }) => because === what)) ?? (isOpen ? 'data' : null),
    trust: TRUST.find((level) => runs.some(({ trust }) => trust === level)) ?? 'trusted',
    cause: untrusted?.cause ?? null,
    remedy: untrusted?.remedy ?? null,
  };
}
