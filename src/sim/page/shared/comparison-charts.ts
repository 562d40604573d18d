/** The data of a comparison's page, as it stands in the page. Times in ms from the start of the distribution. */
import type { Chart } from './charts.ts';

/** How the peers of one run that had something to get completed. */
export interface RunCurve {
  /** Position in `sides` of the page. */
  readonly side: number;
  readonly repeat: number;
  /** In order; perhaps only some of them, evenly. */
  readonly timesMs: readonly number[];
  /** The share of the peers that have completed at each of these times, 0 to 1. */
  readonly shares: readonly number[];
}

export interface CompletionCurves {
  readonly curves: readonly RunCurve[];
  /** The end of the longest. */
  readonly endMs: number;
}

export interface ComparisonCharts {
  readonly kind: 'comparison';
  /** Names of what is compared, the base first. */
  readonly sides: readonly string[];
  readonly arms: readonly { readonly name: string; readonly completion: Chart<CompletionCurves> }[];
}
