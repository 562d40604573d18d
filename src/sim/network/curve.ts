/** A quantity over time: constant, or moving in straight lines between knots. */
import type { PlannedLink } from '../plan/plan.ts';

export interface CurveChange {
  readonly atMs: number;
  /** 0: at once. */
  readonly overMs: number;
  readonly value: number;
}

interface Knot {
  readonly atMs: number;
  readonly value: number;
}

/** Values are ≥ 0. Times before the first change have the first value, times after the last one its value. */
export class Curve {
  readonly #initial: number;
  readonly #knots: Knot[] = [];

  /** `changes` in order of time; one that begins while another moves takes over from where that is. */
  constructor(initial: number, changes: readonly CurveChange[] = []) {
    this.#initial = initial;
    for (const { atMs, overMs, value } of changes) {
      const from = this.valueAt(atMs);
      while ((this.#knots.at(-1)?.atMs ?? -Infinity) >= atMs) this.#knots.pop();
      this.#knots.push({ atMs, value: from }, { atMs: atMs + overMs, value });
    }
  }

  /** At a jump the value after it. */
  valueAt(atMs: number): number {
    if (this.#knots.length === 0) return this.#initial;
    const next = this.#knots.findIndex((knot) => knot.atMs > atMs);
    if (next === -1) return this.#knots.at(-1)?.value ?? this.#initial;
    const to = this.#knots[next]!;
    const from = this.#knots[next - 1];
    if (from === undefined) return this.#initial;
    return from.value + ((to.value - from.value) * (atMs - from.atMs)) / (to.atMs - from.atMs);
  }

  /** The integral over a span of time. */
  between(fromMs: number, toMs: number): number {
    let sum = 0;
    let atMs = fromMs;
    while (atMs < toMs) {
      const endMs = Math.min(toMs, this.#pieceEndMs(atMs));
      sum += ((this.valueAt(atMs) + this.#valueBefore(endMs)) / 2) * (endMs - atMs);
      atMs = endMs;
    }
    return sum;
  }

  /** When the integral from `fromMs` on has reached the amount. */
  reach(fromMs: number, amount: number): number {
    let atMs = fromMs;
    let left = amount;
    for (;;) {
      const endMs = this.#pieceEndMs(atMs);
      const value = this.valueAt(atMs);
      if (endMs === Infinity) return atMs + left / value;
      const endValue = this.#valueBefore(endMs);
      const area = ((value + endValue) / 2) * (endMs - atMs);
      if (area >= left) {
        const slope = (endValue - value) / (endMs - atMs);
        const root = Math.sqrt(Math.max(0, value * value + 2 * slope * left));
        return left === 0 ? atMs : atMs + (2 * left) / (value + root);
      }
      left -= area;
      atMs = endMs;
    }
  }

  /** Until when the value is what it is at that time; the time itself while it moves. */
  steadyUntilMs(atMs: number): number {
    const endMs = this.#pieceEndMs(atMs);
    return endMs === Infinity || this.#valueBefore(endMs) === this.valueAt(atMs) ? endMs : atMs;
  }

  #pieceEndMs(atMs: number): number {
    return this.#knots.find((knot) => knot.atMs > atMs)?.atMs ?? Infinity;
  }

  /** At a jump the value before it. */
  #valueBefore(atMs: number): number {
    return this.#knots.find((knot) => knot.atMs === atMs)?.value ?? this.valueAt(atMs);
  }
}

/** The planned changes of one figure of a link. */
export function changesOf(
  { changes }: PlannedLink,
  key: 'upBytesPerSec' | 'downBytesPerSec' | 'latencyMs',
): CurveChange[] {
  return changes.flatMap(({ atMs, overMs, [key]: value }) =>
    value === undefined ? [] : [{ atMs, overMs, value }],
  );
}
