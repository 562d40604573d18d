/** What a metric is: a figure of a result with its unit. */
import type { PeerFigures, RunResult } from '../measure/result.ts';

/** `share`: 0 to 1. `count`: whole things. `number`: anything else without a unit, such as copies or requests/s. */
export type MetricUnit = 'ms' | 'bytes' | 'bytes/s' | 'share' | 'count' | 'number';

/** `higher`: more of it is better; `lower`: less; `neither`: it depends on the question. */
export type Better = 'higher' | 'lower' | 'neither';

export interface Metric {
  readonly path: string;
  readonly unit: MetricUnit;
  readonly better: Better;
  /** null: the result has no data for it, and nothing may be concluded. */
  read(result: RunResult): number | null;
}

/** A metric without its path, of what it is read from. */
export interface MetricDefinition<Source> {
  readonly unit: MetricUnit;
  readonly better: Better;
  readonly read: (source: Source) => number | null;
}

/** What a figure of a group is read from. */
export interface GroupSource {
  readonly members: readonly PeerFigures[];
  readonly result: RunResult;
}

export interface PeerSource {
  readonly peer: PeerFigures;
  readonly result: RunResult;
}
