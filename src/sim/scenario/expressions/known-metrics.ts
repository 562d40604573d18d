/** The metrics that a scenario's thresholds may speak of. */
import type { MetricUnit } from '../../units/metric-unit.ts';
import type { Reach } from './value-range.ts';

/** What a threshold is checked against. */
export interface KnownMetrics {
  find(path: string): KnownMetric | undefined;
  paths(): readonly string[];
  /** What may stand before the dot without parentheses: groups, peers, and other sets by name. */
  scopes(): readonly string[];
  /** Whether a text stands for a set of peers that is no group and no peer, without parentheses. */
  isSet(text: string): boolean;
}

export interface KnownMetric {
  readonly unit: MetricUnit;
  /** Least and most that it can be. */
  readonly reach: Reach;
  /** Whether a comparison by which it can only be too small is no mistake, as with times up to the end of the run. */
  readonly mayAlwaysHold: boolean;
}
