/** The data of an experiment's page, as it stands in the page: made in Node, drawn in the browser. */
import type { MetricUnit } from '../../units/metric-unit.ts';

/** What was swept: its values in the order of the scenario, as written there. */
export interface Axis {
  readonly name: string;
  readonly values: readonly string[];
  /** Values are numbers, perhaps with a unit: points may be joined by a line. */
  readonly isNumeric: boolean;
}

export interface ArmPoint {
  /** Positions in the values of `x`, and in `facets`. */
  readonly x: number;
  readonly facet: number;
  readonly arm: string;
  readonly mean: number;
  /** 95 % interval of the mean; null: a single run. */
  readonly low: number | null;
  readonly high: number | null;
  readonly runs: number;
}

export interface RunPoint {
  readonly x: number;
  readonly facet: number;
  readonly value: number;
  readonly arm: string;
  readonly repeat: number;
  readonly outcome: string;
  /** Of its own page, relative to this one. */
  readonly link: string;
}

export interface MetricChart {
  readonly metric: string;
  readonly unit: MetricUnit;
  readonly points: readonly ArmPoint[];
  readonly runs: readonly RunPoint[];
  /** Of the arm that the others are compared with. */
  readonly baseline: {
    readonly mean: number;
    readonly low: number | null;
    readonly high: number | null;
  } | null;
  readonly summary: string;
}

export interface ExperimentCharts {
  readonly kind: 'experiment';
  readonly x: Axis;
  /** Each its own small chart: values of the other parameters; one empty text where there is no other. */
  readonly facets: readonly string[];
  readonly metrics: readonly MetricChart[];
}
