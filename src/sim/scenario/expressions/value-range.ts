/** Whether a comparison can go both ways, by what the compared figure can be. */
import { assertNever } from '../../../core/errors.ts';
import type { Comparison } from '../../plan/plan.ts';

/** What a figure can be. */
export interface Reach {
  readonly least: number;
  /** Infinity: there is no most. */
  readonly most: number;
  /** Whether it comes close to `most` and no further. Default false. */
  readonly isOpen?: boolean;
  /** It is a multiple of this; absent: anything between. */
  readonly step?: number;
}

export type Certainty = 'always' | 'never';

/** @returns undefined when some values within reach meet the comparison and others do not */
export function certaintyOf(comparison: Comparison, value: number, reach: Reach): Certainty | undefined {
  const { least, most, isOpen = false } = reach;
  const isBeyond = isOpen ? value >= most : value > most;
  switch (comparison) {
    case '<':
      return value <= least ? 'never' : isBeyond ? 'always' : undefined;
    case '<=':
      return value < least ? 'never' : value >= most ? 'always' : undefined;
    case '>':
      return value >= most ? 'never' : value < least ? 'always' : undefined;
    case '>=':
      return isBeyond ? 'never' : value <= least ? 'always' : undefined;
    case '==':
    case '!=': {
      const isOut = value < least || isBeyond || !isOnStep(value, reach);
      if (isOut) return comparison === '==' ? 'never' : 'always';
      return least === most ? (comparison === '==' ? 'always' : 'never') : undefined;
    }
    default:
      return assertNever(comparison);
  }
}

function isOnStep(value: number, { step }: Reach): boolean {
  if (step === undefined) return true;
  const steps = value / step;
  return Math.abs(steps - Math.round(steps)) < 1e-9 * Math.max(1, steps);
}

/** In words: what a figure can be, and with what it may be compared so that the comparison can go both ways. */
export function sensibleValues(
  comparison: Comparison,
  { least, most, isOpen = false }: Reach,
  asWritten: (value: number) => string,
): { readonly range: string; readonly allowed: string } {
  const excludesLeast = comparison === '<' || comparison === '>=';
  const excludesMost = isOpen || comparison === '>' || comparison === '<=';
  const low = asWritten(least);
  if (most === Infinity)
    return { range: `${low} or more`, allowed: excludesLeast ? `more than ${low}` : `${low} or more` };
  const high = asWritten(most);
  const from = excludesLeast ? `above ${low}` : low;
  return { range: `${low} to ${high}`, allowed: `${from} to ${excludesMost ? 'below ' : ''}${high}` };
}
