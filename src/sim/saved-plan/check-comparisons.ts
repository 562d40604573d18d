/** Whether thresholds and conditions of a plan mean what their texts say: reports show the text, and judge the rest. */
import { findMetric, metricPaths } from '../metrics/metrics.ts';
import { readCondition } from '../scenario/expressions/conditions.ts';
import { nearest } from '../scenario/source/did-you-mean.ts';
import type { KnownMetrics } from '../scenario/expressions/known-metrics.ts';
import { readThreshold } from '../scenario/expressions/thresholds.ts';
import type { Condition, Plan, Threshold } from '../plan/plan.ts';

export type Mistake = (path: PropertyKey[], message: string, suggestion?: string) => void;

/** Of a threshold anything may be expected: one that always holds may be older than what is refused now. */
const ANY = { reach: { least: -Infinity, most: Infinity }, mayAlwaysHold: true } as const;

export function checkThresholds(
  {
    expect,
    sets = {},
    peers,
  }: Pick<Plan, 'expect' | 'sets'> & {
    readonly peers: readonly { readonly name: string; readonly group: string }[];
  },
  mistake: Mistake,
): void {
  const names = peers.map(({ name }) => name);
  const scopes = { groups: [...new Set(peers.map(({ group }) => group))], peers: names };
  const own = new Set([...scopes.groups, ...names]);
  const metrics: KnownMetrics = {
    find(path) {
      const set = /^\((.*)\)\.[^)]*$/.exec(path)?.[1];
      if (set !== undefined && !Object.hasOwn(sets, set)) return undefined;
      const unit = findMetric(path, scopes)?.unit;
      return unit === undefined ? undefined : { unit, ...ANY };
    },
    paths: () => metricPaths(scopes),
    scopes: () => [...own, ...Object.keys(sets)],
    isSet: (text) => Object.hasOwn(sets, text) && !own.has(text),
  };
  for (const [index, threshold] of expect.entries())
    checkThreshold(['expect', index], threshold, metrics, mistake);
}

function checkThreshold(
  at: PropertyKey[],
  { text, metric, comparison, value }: Threshold,
  metrics: KnownMetrics,
  mistake: Mistake,
): void {
  if (metrics.find(metric) === undefined) {
    const near = nearest(metric, metrics.paths());
    const suggestion = near === undefined ? 'docs/metrics.md has all' : `did you mean "${near}"?`;
    mistake([...at, 'metric'], `"${metric}" is not a metric of this plan`, suggestion);
    return;
  }
  const reading = readThreshold(text, metrics);
  if (!reading.ok) {
    mistake([...at, 'text'], reading.message, reading.suggestion);
    return;
  }
  checkAlike(at, { metric, comparison, value }, reading.threshold, text, mistake);
}

/** The peers that a condition speaks of have names in a plan, and sets in its text: they are not compared. */
export function checkCondition(at: PropertyKey[], condition: Condition, mistake: Mistake): void {
  const { text, figure, comparison, value } = condition;
  const reading = readCondition(text);
  if (!reading.ok) {
    mistake([...at, 'text'], reading.message, reading.suggestion);
    return;
  }
  const { condition: said } = reading;
  checkAlike(at, { comparison, value }, said, text, mistake);
  const unit = 'unit' in figure ? figure.unit : undefined;
  const saidUnit = 'unit' in said.figure ? said.figure.unit : undefined;
  if (figure.kind !== said.figure.kind || unit !== saidUnit)
    mistake([...at, 'figure'], `is not what the text says, "${text}"`, 'change both or neither');
}

function checkAlike<T extends object>(
  at: PropertyKey[],
  planned: T,
  said: { readonly [K in keyof T]: unknown },
  text: string,
  mistake: Mistake,
): void {
  for (const [key, value] of Object.entries(planned)) {
    const meant = said[key as keyof T];
    if (value !== meant)
      mistake(
        [...at, key],
        `is ${String(value)}, but the text "${text}" says ${String(meant)}`,
        'change both or neither',
      );
  }
}
