/** Saved runs side by side, as `compare --json` prints it. docs/experiments.md explains it. */
import type { Better } from '../metrics/metric.ts';
import type { MetricUnit } from '../units/metric-unit.ts';
import type { Repeated } from '../analyse/statistics.ts';
import type { Experiment, Statement } from './experiment.ts';

export const COMPARISON_SCHEMA_VERSION = 1;

export interface Comparison {
  readonly schemaVersion: typeof COMPARISON_SCHEMA_VERSION;
  readonly kind: 'comparison';
  /** Of each interval. */
  readonly confidence: number;
  /** Key figures that were tested; Holm's correction is for so many. */
  readonly tested: number;
  /** The same of the figures that are no key figures. */
  readonly testedOthers: number;
  /** What all others are compared with. */
  readonly base: Side;
  readonly others: readonly ComparedSide[];
}

/** Runs that are compared as one. */
export interface Side {
  /** `A` of the first, and so on. */
  readonly name: string;
  /** Where they were read from, or what they are. */
  readonly source: string;
  readonly scenario: string;
  readonly engine: Experiment['engine'];
  readonly commit: string | null;
  readonly startedAt: string;
  readonly runs: number;
}

export interface ComparedSide {
  readonly side: Side;
  /** What is unlike besides what was to be compared, and what a reader must know; each a sentence. */
  readonly warnings: readonly string[];
  readonly arms: readonly ComparedArm[];
  /** Names of arms that only one side has. */
  readonly onlyBase: readonly string[];
  readonly onlyOther: readonly string[];
}

export interface ComparedArm {
  /** Of the base; where each side has one arm only, their names may differ. */
  readonly name: string;
  readonly figures: readonly ComparedFigure[];
}

export interface ComparedFigure {
  readonly metric: string;
  /** What every experiment compares, and the metrics of thresholds; the others follow them. */
  readonly isKey: boolean;
  readonly unit: MetricUnit;
  readonly better: Better;
  /** Over the runs that have the figure; null: none has it. */
  readonly base: Repeated | null;
  readonly other: Repeated | null;
  /**
   * `paired-t`: Student's t interval of the differences, where both sides have the same seeds. `welch-t`: Welch's
   * interval for the difference of the means. null: there is no interval.
   */
  readonly method: 'paired-t' | 'welch-t' | null;
  /** Of the means, other − base, with its interval and the probability of as much if there were none. */
  readonly difference: {
    readonly estimate: number;
    readonly low: number;
    readonly high: number;
    readonly p: number;
  } | null;
  /** The difference as a share of the mean of the base; null when that is 0. */
  readonly share: number | null;
  /** What is significant after Holm's correction for all key figures of the comparison, or for all others. */
  readonly verdict: Statement;
  /** Why it is inconclusive; else mostly empty. */
  readonly note: string;
}
