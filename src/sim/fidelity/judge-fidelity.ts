/** From the runs of both engines to what can be said of their difference. */
import { repeated, type Repeated } from '../analyse/statistics.ts';
import { isBusyBefore, isUndisturbed } from '../measure/trust/trust.ts';
import type { DesignedArm } from '../experiment/summarise.ts';
import type { Experiment, ExperimentRun } from '../experiment/experiment.ts';
import { kindOf } from '../experiment/summarise.ts';
import { formatPercent } from '../units/format.ts';
import { armOn } from './both-engines.ts';
import {
  FIDELITY_SCHEMA_VERSION,
  TOLERANCE_SHARE,
  type Fidelity,
  type FidelityArm,
  type FidelityFigure,
  type FidelityVerdict,
} from './fidelity.ts';

const judgedMetrics = ['completion.median', 'makespan'];
/** Shown beside them. Both engines cut chunks into parts of their own, so heads of frames and waste may differ. */
const toldMetrics = ['completion.p95', 'goodput', 'seeder_load', 'fairness', 'waste', 'overhead'];

/** An arm of the scenario, before it was doubled. */
export interface ComparedArm extends DesignedArm {
  /** No link has a limit: on threads the machine sets the speed, and in virtual time nothing does. */
  readonly isUnlimited: boolean;
}

/** One plan on both engines. */
interface Pair {
  readonly threads: ExperimentRun;
  readonly virtual: ExperimentRun;
}

/** @param experiment of the design that `onBothEngines` makes of these arms; it may have been stopped */
export function judgeFidelity(experiment: Experiment, arms: readonly ComparedArm[]): Fidelity {
  const { scenario, seed, environment, startedAt, ending, runs } = experiment;
  const finished = runs.filter((run) => run.ending !== 'interrupted');
  return {
    schemaVersion: FIDELITY_SCHEMA_VERSION,
    kind: 'fidelity',
    scenario,
    seed,
    environment,
    startedAt,
    ending,
    toleranceShare: TOLERANCE_SHARE,
    arms: arms.map((arm) => judgeArm(arm, finished)),
  };
}

function judgeArm(
  { name, parameters, isUnlimited }: ComparedArm,
  runs: readonly ExperimentRun[],
): FidelityArm {
  const of = (engine: 'threads' | 'virtual') => runs.filter(({ arm }) => arm === armOn(name, engine));
  const pairs = of('threads').flatMap((threads): Pair[] => {
    const virtual = of('virtual').find(({ repeat }) => repeat === threads.repeat);
    return virtual === undefined ? [] : [{ threads, virtual }];
  });
  const undisturbed = pairs.filter(({ threads }) => isQuiet(threads));
  const isDisturbed = undisturbed.length < Math.min(2, pairs.length);
  const host = isUnlimited ? 'no link has a limit' : isDisturbed ? disturbance(pairs) : null;
  const compared = isDisturbed ? pairs : undisturbed;
  const figures = [...judgedMetrics, ...toldMetrics].map((metric) => figureOf(metric, compared, host));
  return {
    name,
    parameters,
    pairs: pairs.length,
    undisturbed: undisturbed.length,
    verdict: worst(figures.map(({ verdict }) => verdict)),
    figures,
  };
}

function isQuiet({ trust: level, warnings }: ExperimentRun): boolean {
  return isUndisturbed({ level, warnings });
}

function disturbance(pairs: readonly Pair[]): string {
  const disturbed = pairs.map(({ threads }) => threads).filter((run) => !isQuiet(run));
  const untrusted = disturbed.find(({ trust }) => trust === 'untrusted');
  const first = disturbed.flatMap(({ warnings }) => warnings.filter((one) => !isBusyBefore(one)))[0];
  const why = untrusted?.cause ?? first?.replace(/\.$/, '') ?? 'why is not known';
  return `the machine disturbed ${disturbed.length} of ${pairs.length} runs on threads: ${why}`;
}

function figureOf(metric: string, pairs: readonly Pair[], host: string | null): FidelityFigure {
  const { unit } = kindOf(metric, []);
  const valuesOf = (engine: keyof Pair) => pairs.map((pair) => pair[engine].figures[metric] ?? null);
  const [threads, virtual] = [valuesOf('threads'), valuesOf('virtual')];
  const differences = threads.map((before, at) => {
    const after = virtual[at] ?? null;
    if (before === null || after === null) return null;
    if (unit === 'share') return after - before;
    return before === 0 ? null : after / before - 1;
  });
  const summary = (values: readonly (number | null)[]) => repeated(values.filter((value) => value !== null));
  const difference = summary(differences);
  const judged = judgedMetrics.includes(metric)
    ? judge(threads, virtual, difference, host)
    : { verdict: 'told' as const, note: '' };
  return { metric, unit, threads: summary(threads), virtual: summary(virtual), difference, ...judged };
}

function judge(
  threads: readonly (number | null)[],
  virtual: readonly (number | null)[],
  difference: Repeated | null,
  host: string | null,
): Pick<FidelityFigure, 'verdict' | 'note'> {
  if (host !== null) return { verdict: 'host', note: host };
  const lacking = threads.filter((value, at) => value === null || virtual[at] === null).length;
  const isWhole = (values: readonly (number | null)[]): boolean => values.every((value) => value !== null);
  if (lacking > 0 && lacking === threads.length && isWhole(threads) !== isWhole(virtual)) {
    const where = isWhole(threads) ? 'on threads' : 'in virtual time';
    return { verdict: 'differs', note: `it is there ${where} only` };
  }
  if (lacking > 0) {
    return { verdict: 'unclear', note: `${lacking} of ${threads.length} plans lack it on an engine` };
  }
  if (difference === null || difference.ci95 === null) {
    return { verdict: 'unclear', note: 'one run shows no scatter: repeat at least 3 times' };
  }
  const { mean, ci95 } = difference;
  const limit = formatPercent(TOLERANCE_SHARE);
  const isSure = Math.abs(mean) - ci95 > TOLERANCE_SHARE;
  if (ci95 > TOLERANCE_SHARE && !isSure) {
    return { verdict: 'unclear', note: `the repeats scatter by more than ${limit}: repeat more often` };
  }
  if (Math.abs(mean) <= TOLERANCE_SHARE) return { verdict: 'within', note: '' };
  return {
    verdict: 'differs',
    note: `by more than ${limit}${isSure ? '' : ', which the interval includes'}`,
  };
}

const FROM_WORST: readonly FidelityVerdict[] = ['differs', 'unclear', 'host', 'within', 'told'];

function worst(verdicts: readonly FidelityVerdict[]): FidelityVerdict {
  return FROM_WORST.find((one) => verdicts.includes(one)) ?? 'unclear';
}
