/** What a metric is: a figure of a result with its unit. */
import type { PeerFigures, RunResult } from '../result/result.ts';
import type { MetricUnit } from '../units/metric-unit.ts';

/** `higher`: more of it is better; `lower`: less; `neither`: it depends on the question. */
export type Better = 'higher' | 'lower' | 'neither';

/**
 * Most that a figure can be: `end`, the time limit of the run; `peers`, their number; Infinity, it has no limit. The
 * least is 0 for all.
 */
export type Most = number | 'end' | 'peers';

export interface Metric {
  readonly path: string;
  readonly unit: MetricUnit;
  readonly better: Better;
  readonly most: Most;
  /** null: the result has no data for it, and nothing may be concluded. */
  read(result: RunResult): number | null;
}

/** A metric without its path, of what it is read from. */
export interface MetricDefinition<Source> {
  readonly unit: MetricUnit;
  readonly better: Better;
  /** Default: 1 of a share, Infinity of anything else. */
  readonly most?: Most;
  readonly read: (source: Source) => number | null;
}

/** What a host that lets messages go too early or too late may add to a figure that is at most 1. */
export const MOST_WITH_LEAK = 1.5;

/** What a figure of a group is read from. */
export interface GroupSource {
  readonly members: readonly PeerFigures[];
  readonly result: RunResult;
}

export interface PeerSource {
  readonly peer: PeerFigures;
  readonly result: RunResult;
}
