/** The result of several runs, as experiment.json holds it. docs/experiments.md explains it. */
import type { Better } from '../metrics/metric.ts';
import type { MetricUnit } from '../units/metric-unit.ts';
import type { Repeated } from '../analyse/statistics.ts';
import type {
  Deciding,
  Environment,
  ExpectationFigures,
  Outcome,
  RunResult,
  TrustLevel,
} from '../result/result.ts';
import type { PlannedVariant } from '../plan/plan.ts';

export const EXPERIMENT_SCHEMA_VERSION = 2;

export interface Experiment {
  readonly schemaVersion: typeof EXPERIMENT_SCHEMA_VERSION;
  readonly kind: 'experiment';
  readonly scenario: { readonly name: string; readonly description: string };
  /** Of the first repeat; it decides the order of the runs, too. */
  readonly seed: string;
  /** `both`: its arms differ in it. */
  readonly engine: RunResult['engine'] | 'both';
  readonly environment: Environment;
  readonly startedAt: string;
  /** Runs of each arm; those that were made where `precision` decided it. */
  readonly repeats: number;
  /** Absent: each arm was to be run so many times, whatever came out. */
  readonly precision?: ReachedPrecision;
  /** Runs that were planned; `runs` has fewer when it was stopped. */
  readonly plannedRuns: number;
  readonly ending: 'completed' | 'interrupted' | 'failed';
  /** Name of the arm that the others are compared with; null: none. */
  readonly baseline: string | null;
  readonly verdict: ExperimentVerdict;
  /** In the order of the scenario, the baseline first. */
  readonly arms: readonly ArmResult[];
  /** In the order in which they were run. */
  readonly runs: readonly ExperimentRun[];
}

/** How well the figure is known that decided how often to repeat. */
export interface ReachedPrecision {
  readonly metric: string;
  /** Half the 95 % interval of its mean over the mean: what was asked for in every arm. */
  readonly share: number;
  /** In the worst arm; null: an arm has too few runs with this figure. */
  readonly reachedShare: number | null;
  /** Runs of each arm that were allowed. */
  readonly most: number;
}

export interface ExperimentVerdict {
  /** The worst of all runs. */
  readonly outcome: Outcome;
  /** The first of `swarm`, `aborted`, `expectations`, `data` that any run has; null when all passed. */
  readonly because: Deciding | null;
  /** The worst of all runs. */
  readonly trust: TrustLevel;
  /** Of the first untrusted run; null: there is none. */
  readonly cause: string | null;
  readonly remedy: string | null;
}

/** What is kept of a run; its folder has the rest. */
export interface ExperimentRun {
  readonly arm: string;
  /** From 1. */
  readonly repeat: number;
  readonly seed: string;
  /** Relative to the experiment's folder. */
  readonly folder: string;
  readonly startedAt: string;
  readonly ending: RunResult['ending'];
  readonly outcome: Outcome;
  readonly because: Deciding | null;
  readonly reasons: readonly string[];
  readonly trust: TrustLevel;
  /** Why the run is untrusted, and what helps; null: it is not. */
  readonly cause: string | null;
  readonly remedy: string | null;
  readonly warnings: readonly string[];
  readonly expectations: readonly ExpectationFigures[];
  /** By path of the metric; null: no data. A run that was interrupted or given up has none. */
  readonly figures: Readonly<Record<string, number | null>>;
  /**
   * All other metrics of the swarm, then those of its first groups, for comparisons; absent in experiments of versions
   * that did not keep them.
   */
  readonly otherFigures?: Readonly<Record<string, number | null>>;
  /** Groups whose figures `otherFigures` does not have; absent: none. */
  readonly groupsLeftOut?: number;
  /** SHA-256 of the plan without its variant: equal for equal plans. */
  readonly planHash: string;
}

export interface ArmResult {
  readonly name: string;
  readonly parameters: PlannedVariant['parameters'];
  /** Runs that were not interrupted. */
  readonly runs: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly trust: Readonly<Record<TrustLevel, number>>;
  readonly figures: readonly ArmFigure[];
  readonly expectations: readonly ArmExpectation[];
}

export interface ArmFigure {
  readonly metric: string;
  readonly unit: MetricUnit;
  readonly better: Better;
  /** Over the runs with data; null: none has any. */
  readonly summary: Repeated | null;
  /** null for the baseline itself, and without a baseline. */
  readonly against: Against | null;
}

/**
 * `higher` and `lower` where neither is better in itself. `no difference shown`: there is none, or there are too few runs
 * to see it. `inconclusive`: nothing can be told, for the reason in the note.
 */
export type Statement = 'better' | 'worse' | 'higher' | 'lower' | 'no difference shown' | 'inconclusive';

/** A figure of an arm against that of the baseline. */
export interface Against {
  /** Of the means, arm − baseline, with Welch's 95 % interval; null: it cannot be told. */
  readonly difference: { readonly estimate: number; readonly low: number; readonly high: number } | null;
  /** The difference as a share of the baseline's mean; null when that is 0. */
  readonly share: number | null;
  readonly statement: Statement;
  /** Why nothing can be told; else empty. */
  readonly note: string;
}

/** A threshold over all repeats of an arm: it passes when it holds in every one. */
export interface ArmExpectation {
  readonly text: string;
  readonly metric: string;
  readonly unit: MetricUnit;
  readonly outcome: Outcome;
  /** In the order of the repeats; null: no data. */
  readonly measured: readonly (number | null)[];
}
