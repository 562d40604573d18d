/** Conditions and thresholds as people write them: `completed(leechers) >= 50%`, `completion.p95 < 30s`. */
import type { Comparison, Threshold } from '../plan/plan.ts';
import type { MetricUnit } from '../analyse/metric.ts';
import { nearest, suggestKnown } from './nearest.ts';
import { readPeerSet, type PeerSet, type TextMistake } from './peer-sets.ts';
import {
  clipped,
  durationUnits,
  rateUnits,
  readQuantity,
  shareUnits,
  sizeUnits,
  type UnitKind,
} from './units.ts';

/** A condition whose peers are not named yet. */
export interface ScenarioCondition {
  readonly text: string;
  readonly figure: ScenarioFigure;
  readonly comparison: Comparison;
  readonly value: number;
}

export type ScenarioFigure =
  | {
      readonly kind: 'completed' | 'joined' | 'alive';
      /** null: all that must complete. */
      readonly peers: PeerSet | null;
      readonly unit: 'share' | 'count';
    }
  | { readonly kind: 'progress'; readonly peers: PeerSet | null }
  | { readonly kind: 'elapsed' | 'availability' };

type Figure = ScenarioFigure['kind'];
const FIGURES: readonly Figure[] = ['completed', 'joined', 'alive', 'progress', 'elapsed', 'availability'];

export type ConditionReading = { readonly ok: true; readonly condition: ScenarioCondition } | TextMistake;

interface Split {
  readonly ok: true;
  readonly left: string;
  readonly comparison: Comparison;
  readonly right: string;
  readonly rightAt: number;
}

const COMPARISON = /<=|>=|==|!=|=<|=>|<|>|=/;

/** Both sides of a comparison. */
function split(text: string, example: string): Split | TextMistake {
  const found = COMPARISON.exec(text);
  if (found === null) {
    const message = `"${clipped(text)}" compares nothing`;
    return { ok: false, at: 0, message, suggestion: `write for example ${example}` };
  }
  const sign = found[0];
  const meant = { '=': '==', '=<': '<=', '=>': '>=' }[sign];
  if (meant !== undefined) {
    return {
      ok: false,
      at: found.index,
      message: `"${sign}" compares nothing`,
      suggestion: `write ${meant}`,
    };
  }
  const after = text.slice(found.index + sign.length);
  const right = after.trim();
  const rightAt = text.length - after.trimStart().length;
  return {
    ok: true,
    left: text.slice(0, found.index).trim(),
    comparison: sign as Comparison,
    right,
    rightAt,
  };
}

/** Never throws. */
export function readCondition(text: string): ConditionReading {
  const sides = split(text, 'completed(leechers) >= 50%');
  if (!sides.ok) return sides;
  const { left, comparison, right, rightAt } = sides;
  const parts = /^([A-Za-z_]+)\s*(?:\((.*)\))?$/.exec(left);
  const name = parts?.[1] ?? '';
  if (parts === null && left.includes('(') && !left.endsWith(')')) {
    const at = text.indexOf('(');
    return { ok: false, at, message: 'this ( is not closed before the comparison', suggestion: 'add )' };
  }
  if (parts === null || !FIGURES.includes(name as Figure)) {
    const suggestion = suggestKnown(parts === null ? left : name, FIGURES);
    return { ok: false, at: 0, message: `"${clipped(left)}" is not a figure of a running swarm`, suggestion };
  }
  const value = liveValue(name as Figure, right);
  if (!value.ok) return { ...value, at: rightAt };
  const figure = liveFigure(name as Figure, parts[2], value.isShare, text.indexOf('(') + 1);
  if (!figure.ok) return figure;
  return { ok: true, condition: { text, figure: figure.figure, comparison, value: value.value } };
}

function liveFigure(
  kind: Figure,
  written: string | undefined,
  isShare: boolean,
  setAt: number,
): { readonly ok: true; readonly figure: ScenarioFigure } | TextMistake {
  if (kind === 'elapsed' || kind === 'availability') {
    if (written === undefined) return { ok: true, figure: { kind } };
    const message = `${kind} is a figure of the whole swarm`;
    return { ok: false, at: setAt, message, suggestion: `write ${kind} alone` };
  }
  const reading = written === undefined ? undefined : readPeerSet(written);
  if (reading?.ok === false) return { ...reading, at: setAt + reading.at };
  const peers = reading?.set ?? null;
  if (kind === 'progress') return { ok: true, figure: { kind, peers } };
  return { ok: true, figure: { kind, peers, unit: isShare ? 'share' : 'count' } };
}

type Value = { readonly ok: true; readonly value: number; readonly isShare: boolean } | ValueMistake;
type ValueMistake = { readonly ok: false; readonly message: string; readonly suggestion: string };

function liveValue(kind: Figure, text: string): Value {
  if (kind === 'elapsed') return measured(durationUnits, text);
  if (kind === 'availability') return plainNumber(text, 'copies of the rarest chunk, such as 1');
  if (kind !== 'progress' && !text.includes('%')) return wholeNumber(text);
  const share = measured(shareUnits, text);
  if (share.ok && share.value > 1)
    return { ok: false, message: `${clipped(text)} is more than all`, suggestion: 'allowed: 0% to 100%' };
  return share.ok ? { ...share, isShare: true } : share;
}

function measured(kind: UnitKind, text: string): Value {
  const reading = readQuantity(kind, text === '' ? undefined : text);
  return reading.ok ? { ok: true, value: reading.value, isShare: false } : reading;
}

function plainNumber(text: string, what: string): Value {
  const value = /^-?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
  if (Number.isFinite(value)) return { ok: true, value, isShare: false };
  const message = text === '' ? 'has no value to compare with' : `"${clipped(text)}" is not a plain number`;
  return { ok: false, message, suggestion: `write ${what}` };
}

function wholeNumber(text: string): Value {
  if (/^\d+$/.test(text)) return { ok: true, value: Number(text), isShare: false };
  const message =
    text === '' ? 'has no value to compare with' : `"${clipped(text)}" is neither a count nor a share`;
  return {
    ok: false,
    message,
    suggestion: 'write a number of peers such as 3, or a share of them such as 50%',
  };
}

/** What a threshold is checked against. */
export interface KnownMetrics {
  unitOf(path: string): MetricUnit | undefined;
  paths(): readonly string[];
  /** Whether a name stands for a set of peers that is no group. */
  isSet(name: string): boolean;
}

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
  const sides = split(text, 'completion.p95 < 30s');
  if (!sides.ok) return sides;
  if (sides.left !== '') return undefined;
  return { ok: false, at: 0, message: 'names no metric', suggestion: 'write for example makespan < 30s' };
}

/** Never throws. */
export function readThreshold(text: string, metrics: KnownMetrics): ThresholdReading {
  const sides = split(text, 'completion.p95 < 30s');
  if (!sides.ok) return sides;
  const { left, comparison, right, rightAt } = sides;
  const scope = readScope(left, text.length - text.trimStart().length, metrics);
  if (!scope.ok) return scope;
  const { metric, set } = scope;
  const unit = metrics.unitOf(metric);
  if (unit === undefined) {
    const paths = metrics.paths();
    const near = nearest(left, paths);
    const suggestion = near === undefined ? `known: ${familiar(paths)}` : `did you mean "${near}"?`;
    return { ok: false, at: 0, message: `"${clipped(left)}" is not a metric`, suggestion };
  }
  const value = thresholdValue(unit, right);
  if (!value.ok) return { ...value, at: rightAt };
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
    return { ok: false, at, message: 'a set of peers, and no metric of it', suggestion };
  }
  const written = short ?? left.slice(1, end);
  const setAt = short === undefined ? at + 1 : at;
  const reading = readPeerSet(written);
  if (!reading.ok) return { ...reading, at: setAt + reading.at };
  const metric = left.slice(short === undefined ? end + 2 : short.length + 1);
  const set = { text: written.trim(), peers: reading.set, at: setAt };
  return { ok: true, metric: `(${set.text}).${metric}`, set };
}

/** The first of very many. */
function familiar(paths: readonly string[]): string {
  const SHOWN_MAX = 12;
  return paths.length <= SHOWN_MAX
    ? paths.join(', ')
    : `${paths.slice(0, SHOWN_MAX).join(', ')}… (docs/metrics.md has all)`;
}

function thresholdValue(unit: MetricUnit, text: string): Value {
  switch (unit) {
    case 'ms':
      return measured(durationUnits, text);
    case 'bytes':
      return measured(sizeUnits, text);
    case 'bytes/s':
      return measured(rateUnits, text);
    case 'share':
      return text.includes('%')
        ? measured(shareUnits, text)
        : plainNumber(text, 'a share such as 80%, or a plain number such as 0.8');
    case 'count':
    case 'number':
      return plainNumber(text, 'a plain number such as 3');
  }
}
