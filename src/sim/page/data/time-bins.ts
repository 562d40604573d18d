import type { TimeBins } from '../shared/charts.ts';

export function binsOf(endMs: number, count: number): TimeBins {
  return { stepMs: Math.max(endMs, 1) / count, count };
}

export function binAt({ stepMs, count }: TimeBins, atMs: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(atMs / stepMs)));
}

/** Adds an amount to the steps between two instants, evenly over time. */
export function spread(
  bins: TimeBins,
  into: { [step: number]: number },
  fromMs: number,
  toMs: number,
  amount: number,
  offset = 0,
): void {
  const last = binAt(bins, toMs);
  const first = Math.min(binAt(bins, fromMs), last);
  if (first === last) {
    into[offset + first] = into[offset + first]! + amount;
    return;
  }
  const perMs = amount / (toMs - Math.max(0, fromMs));
  for (let step = first; step <= last; step++) {
    const overlap = Math.min(toMs, (step + 1) * bins.stepMs) - Math.max(fromMs, step * bins.stepMs, 0);
    // What ends after the last step belongs to it.
    const ms = step === last ? Math.max(overlap, toMs - Math.max(fromMs, step * bins.stepMs)) : overlap;
    into[offset + step] = into[offset + step]! + perMs * ms;
  }
}

/** Few digits: what a chart shows has a pixel's precision. */
export function rounded(values: ArrayLike<number>, digits = 4): number[] {
  return Array.from(values, (value) => (value === 0 ? 0 : Number(value.toPrecision(digits))));
}

/** At most so many of a list, evenly, the last one always. */
export function thinned<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, at) => items[Math.ceil(((at + 1) * items.length) / most) - 1]!);
}
