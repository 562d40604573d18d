/** What conditions and thresholds have in common: two sides, a comparison between them, a value on the right. */
import type { Comparison } from '../../plan/plan.ts';
import type { TextMistake } from './peer-sets.ts';
import { clipped, readQuantity, type UnitKind } from '../../units/quantities.ts';

export interface Sides {
  readonly ok: true;
  readonly left: string;
  readonly comparison: Comparison;
  readonly right: string;
  readonly rightAt: number;
}

const COMPARISON = /<=|>=|==|!=|=<|=>|<|>|=/;

/** Both sides of a comparison. */
export function splitSides(text: string, example: string): Sides | TextMistake {
  const found = COMPARISON.exec(text);
  if (found === null) {
    const message = `"${clipped(text)}" has no comparison`;
    return { ok: false, at: 0, message, suggestion: `write for example ${example}` };
  }
  const sign = found[0];
  const meant = { '=': '==', '=<': '<=', '=>': '>=' }[sign];
  if (meant !== undefined) {
    return {
      ok: false,
      at: found.index,
      message: `"${sign}" is not a comparison`,
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

export type Value = { readonly ok: true; readonly value: number; readonly isShare: boolean } | ValueMistake;
export type ValueMistake = { readonly ok: false; readonly message: string; readonly suggestion: string };

export function measured(kind: UnitKind, text: string): Value {
  const reading = readQuantity(kind, text === '' ? undefined : text);
  return reading.ok ? { ok: true, value: reading.value, isShare: false } : reading;
}

export function plainNumber(text: string, what: string): Value {
  const value = /^-?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
  if (Number.isFinite(value)) return { ok: true, value, isShare: false };
  const message = text === '' ? 'has no value to compare with' : `"${clipped(text)}" is not a plain number`;
  return { ok: false, message, suggestion: `write ${what}` };
}

export function wholeNumber(text: string): Value {
  if (/^\d+$/.test(text)) return { ok: true, value: Number(text), isShare: false };
  const message =
    text === '' ? 'has no value to compare with' : `"${clipped(text)}" is neither a count nor a share`;
  return {
    ok: false,
    message,
    suggestion: 'write a number of peers such as 3, or a share of them such as 50%',
  };
}
