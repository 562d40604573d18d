/** A published result and how it is compared with runs of a scenario: plain data, one file for each paper. */
import type { SwarmEvent } from '../../core/events.ts';
import type { RunResult } from '../result/result.ts';
import type { MetricUnit } from '../units/metric-unit.ts';

export interface Paper {
  /** Short name of its scenario: `papers/<name>.yaml`. */
  readonly name: string;
  /** Authors and year. */
  readonly authors: string;
  /** What it says, in a few words. */
  readonly claim: string;
  readonly cases: readonly PaperCase[];
}

/** A point of the paper's curve, or a row of its table. */
export interface PaperCase {
  readonly name: string;
  /**
   * Runs by name: for each the settings (`path=value`) over the scenario without its sweep. All runs of a repeat have
   * the same seed.
   */
  readonly runs: Readonly<Record<string, readonly string[]>>;
  /** Seeds, ≥ 1. */
  readonly repeats: number;
  /** Whether --smoke runs it, with one seed. */
  readonly isSmoke?: true;
  readonly comparisons: readonly Comparison[];
}

/** What is known of a run; in `runs`, by the name that the case gives it. */
export interface PaperRun {
  readonly result: RunResult;
  /** In order of time. */
  readonly events: readonly SwarmEvent[];
}

export type PaperRuns = Readonly<Record<string, PaperRun>>;

/** A figure of the paper, and the same figure of a repeat. */
export interface Comparison {
  readonly figure: string;
  /** In which `published`, `least`, `most` and what is measured are. */
  readonly unit: MetricUnit;
  /** The figure, or in words what the paper says of it; null: it tells nothing, the figure explains another. */
  readonly published: number | string | null;
  /** Whether somebody measured it, or a formula gives it. */
  readonly by: 'formula' | 'measurement';
  /** Between these a measured figure agrees with the paper. */
  readonly least: number;
  readonly most: number;
  /** null: the runs have no data for it. */
  measure(runs: PaperRuns): number | null;
}

/** Bounds around a published figure: relative deviations, both ≥ 0. */
export function around(
  published: number,
  below: number,
  above: number,
): { readonly published: number; readonly least: number; readonly most: number } {
  return { published, least: published * (1 - below), most: published * (1 + above) };
}

/** No run beats a bound; what rounding may take from it is allowed. */
export const ROUNDING = 0.001;
