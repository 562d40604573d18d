/** Conditions as people write them: `completed(leechers) >= 50%`. */
import type { Comparison } from '../../plan/plan.ts';
import { suggestKnown } from '../source/did-you-mean.ts';
import { readPeerSet, type PeerSet, type TextMistake } from './peer-sets.ts';
import { measured, plainNumber, splitSides, wholeNumber, type Value } from './comparison-syntax.ts';
import { clipped, durationUnits, shareUnits } from '../../units/quantities.ts';

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

/** Never throws. */
export function readCondition(text: string): ConditionReading {
  const sides = splitSides(text, 'completed(leechers) >= 50%');
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

function liveValue(kind: Figure, text: string): Value {
  if (kind === 'elapsed') return measured(durationUnits, text);
  if (kind === 'availability') return plainNumber(text, 'copies of the rarest chunk, such as 1');
  if (kind !== 'progress' && !text.includes('%')) return wholeNumber(text);
  const share = measured(shareUnits, text);
  if (share.ok && share.value > 1)
    return { ok: false, message: `${clipped(text)} is more than 100%`, suggestion: 'allowed: 0% to 100%' };
  return share.ok ? { ...share, isShare: true } : share;
}
