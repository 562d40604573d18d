import type { Comparison } from '../plan/plan.ts';

/** Values that differ by less than this share of the larger are the same: `99.9%` has no exact binary fraction. */
const SAME_SHARE = 1e-9;

/** Whether `value` compares to `limit` as asked. */
export function satisfies(value: number, comparison: Comparison, limit: number): boolean {
  const same =
    value === limit || Math.abs(value - limit) <= SAME_SHARE * Math.max(Math.abs(value), Math.abs(limit));
  switch (comparison) {
    case '<':
      return !same && value < limit;
    case '<=':
      return same || value < limit;
    case '>':
      return !same && value > limit;
    case '>=':
      return same || value > limit;
    case '==':
      return same;
    case '!=':
      return !same;
  }
}
