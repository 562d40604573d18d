/** Mistakes of thresholds that only show when the peers are known. */
import type { Threshold } from '../../plan/plan.ts';
import { findMetric, metricPaths } from '../../metrics/metrics.ts';
import { checkSet, type SetContext } from './check-sets.ts';
import type { PeerDirectory } from '../expressions/peer-directory.ts';
import type { PeerSet } from '../expressions/peer-sets.ts';
import type { Scenario } from '../language/scenario.ts';
import type { KnownMetrics } from '../expressions/known-metrics.ts';
import { suggestMetric } from '../expressions/metric-suggestion.ts';
import { readThreshold } from '../expressions/thresholds.ts';
import { clipped } from '../../units/quantities.ts';

export interface CheckedThresholds {
  /** Those without a mistake. */
  readonly expect: readonly Threshold[];
  readonly sets: Scenario['sets'];
}

export function checkThresholds(
  written: readonly (string | undefined)[],
  { directory, timeLimitMs, report }: SetContext & { readonly timeLimitMs: number },
): CheckedThresholds {
  const metrics = knownMetrics(directory, timeLimitMs);
  const sets: Record<string, PeerSet> = {};
  const expect = written.flatMap((text, index) => {
    if (text === undefined) return [];
    const at = ['expect', index];
    const reading = readThreshold(text, metrics);
    if (!reading.ok) {
      report(at, reading.message, reading.suggestion, { offset: reading.at });
      return [];
    }
    if (reading.set !== null) {
      checkSet(reading.set.peers, at, reading.set.at, { directory, report });
      sets[reading.set.text] = reading.set.peers;
    }
    return [reading.threshold];
  });
  return { expect, sets };
}

/** That the figure whose mean decides how often to repeat is one of the catalogue. */
export function checkRepeatMetric(
  metric: string | undefined,
  { directory, timeLimitMs, report }: SetContext & { readonly timeLimitMs: number },
): void {
  if (metric === undefined) return;
  const metrics = knownMetrics(directory, timeLimitMs);
  if (metrics.find(metric) === undefined || metric.startsWith('(')) {
    report(['repeat', 'metric'], `"${clipped(metric)}" is not a metric`, suggestMetric(metric, metrics));
  }
}

function knownMetrics(directory: PeerDirectory, timeLimitMs: number): KnownMetrics {
  const scopes = { groups: [...directory.groups.keys()], peers: directory.peers };
  return {
    find(path) {
      const metric = findMetric(path, scopes);
      if (metric === undefined) return undefined;
      const limits = { end: timeLimitMs, peers: directory.peers.length };
      const most = typeof metric.most === 'number' ? metric.most : limits[metric.most];
      const step = metric.unit === 'count' ? { step: 1 } : {};
      const mayAlwaysHold = metric.most === 'end';
      return { unit: metric.unit, reach: { least: 0, most, ...step }, mayAlwaysHold };
    },
    paths: () => metricPaths(scopes),
    scopes: () => [...scopes.groups, ...directory.labels.keys(), ...scopes.peers],
    isSet: (text) => isBareSet(text, directory),
  };
}

/** A region, location or profile, everybody, or peers of a group by their numbers. */
function isBareSet(text: string, { labels, groups }: PeerDirectory): boolean {
  if (text === 'all' || labels.has(text)) return true;
  const numbered = /^([^/]+)\/\d+-\d+$/.exec(text);
  return numbered !== null && groups.has(numbered[1]!);
}
