/** Thresholds as people write them: `completion.p95 < 30s`, `(leechers & europe).waste < 2%`. */
import type { MetricUnit } from '../../units/metric-unit.ts';
import type { Comparison, Threshold } from '../../plan/plan.ts';
import type { KnownMetric, KnownMetrics } from './known-metrics.ts';
import { suggestMetric } from './metric-suggestion.ts';
import { readPeerSet, type PeerSet, type TextMistake } from './peer-sets.ts';
import { certaintyOf, sensibleValues, type Reach } from './value-range.ts';
import { measured, plainNumber, splitSides, type Value, type ValueMistake } from './comparison-syntax.ts';
import { clipped, durationUnits, rateUnits, shareUnits, sizeUnits } from '../../units/quantities.ts';

/** The set of a threshold, with its text as the metric's path has it. */
export interface ThresholdSet {
  readonly text: string;
  readonly peers: PeerSet;
  /** Position in the threshold's text. */
  readonly at: number;
}

export type ThresholdReading =
  { readonly ok: true; readonly threshold: Threshold; readonly set: ThresholdSet | null } | TextMistake;

/** Whether the text is a threshold at all, which can be said without knowing the peers. */
export function thresholdMistake(text: string): TextMistake | undefined {
  const sides = splitSides(text, 'completion.p95 < 30s');
  if (!sides.ok) return sides;
  if (sides.left !== '') return undefined;
  return { ok: false, at: 0, message: 'names no metric', suggestion: 'write for example makespan < 30s' };
}

/** Never throws. */
export function readThreshold(text: string, metrics: KnownMetrics): ThresholdReading {
  const sides = splitSides(text, 'completion.p95 < 30s');
  if (!sides.ok) return sides;
  const { left, comparison, right, rightAt } = sides;
  const scope = readScope(left, text.length - text.trimStart().length, metrics);
  if (!scope.ok) return scope;
  const { metric, set } = scope;
  const known = metrics.find(metric);
  if (known === undefined) {
    const message = `"${clipped(left)}" is not a metric`;
    return { ok: false, at: 0, message, suggestion: suggestMetric(left, metrics) };
  }
  const value = thresholdValue(known, right);
  if (!value.ok) return { ...value, at: rightAt };
  const mistake = pointless({ name: left, comparison, value: value.value, text: right }, known);
  if (mistake !== undefined) return { ...mistake, at: rightAt };
  return { ok: true, threshold: { text, metric, comparison, value: value.value }, set };
}

type Scope = { readonly ok: true; readonly metric: string; readonly set: ThresholdSet | null } | TextMistake;

/** `(leechers & europe).waste`, and `europe.waste`, which is short for `(europe).waste`. */
function readScope(left: string, at: number, metrics: KnownMetrics): Scope {
  const [name] = left.split('.', 1) as [string];
  const short = metrics.isSet(name) ? name : undefined;
  if (short === undefined && !left.startsWith('(')) return { ok: true, metric: left, set: null };
  const end = left.lastIndexOf(').');
  if (short === undefined && end < 0) {
    const suggestion = 'write for example (leechers & europe).completion.p95';
    return { ok: false, at, message: 'is a set of peers without a metric', suggestion };
  }
  const written = short ?? left.slice(1, end);
  const setAt = short === undefined ? at + 1 : at;
  const reading = readPeerSet(written);
  if (!reading.ok) return { ...reading, at: setAt + reading.at };
  const metric = left.slice(short === undefined ? end + 2 : short.length + 1);
  const set = { text: written.trim(), peers: reading.set, at: setAt };
  return { ok: true, metric: `(${set.text}).${metric}`, set };
}

function thresholdValue({ unit, reach }: KnownMetric, text: string): Value {
  switch (unit) {
    case 'ms':
      return measured(durationUnits, text);
    case 'bytes':
      return measured(sizeUnits, text);
    case 'bytes/s':
      return measured(rateUnits, text);
    case 'share':
      return text.includes('%') ? measured(shareUnits, text) : plainShare(text, reach);
    case 'count':
    case 'number':
      return plainNumber(text, 'a plain number such as 3');
  }
}

/** Above 1 a plain number was probably meant as percent. */
function plainShare(text: string, { most }: Reach): Value {
  const share = plainNumber(text, 'a share such as 80%, or a plain number such as 0.8');
  if (!share.ok || share.value <= 1 || share.value > most) return share;
  const percent = Number((share.value * 100).toPrecision(12));
  return { ok: false, message: `${text} is ${percent}%`, suggestion: `write ${text}% or ${percent}%` };
}

interface Compared {
  readonly name: string;
  readonly comparison: Comparison;
  readonly value: number;
  readonly text: string;
}

/** Of a threshold that every possible value meets, or none. */
function pointless(
  { name, comparison, value, text }: Compared,
  { unit, reach, mayAlwaysHold }: KnownMetric,
): ValueMistake | undefined {
  const certainty = certaintyOf(comparison, value, reach);
  if (certainty === undefined || (certainty === 'always' && mayAlwaysHold)) return undefined;
  const { range, allowed } = sensibleValues(comparison, reach, (limit) => asWritten(limit, unit));
  const verdict = certainty === 'always' ? 'can never fail' : 'can never hold';
  const isPercent = unit === 'share' && !text.includes('%') && value > 1 && value <= 100;
  const suggestion = isPercent ? `did you mean ${text}%?` : `compare with ${allowed}`;
  return { ok: false, message: `${verdict}: ${clipped(name)} is ${range}`, suggestion };
}

function asWritten(value: number, unit: MetricUnit): string {
  switch (unit) {
    case 'share':
      return `${Number((value * 100).toPrecision(12))}%`;
    case 'ms':
      return value % 1000 === 0 ? `${value / 1000}s` : `${value}ms`;
    case 'bytes':
      return `${value}B`;
    case 'bytes/s':
      return `${value}B/s`;
    case 'count':
    case 'number':
      return String(value);
  }
}
