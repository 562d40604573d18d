/** Pictures of a run made of text: a line of bars for the terminal, a chart for report.md. */
import type { SwarmSample } from '../result/result.ts';
import { formatDuration } from '../units/format.ts';

const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** So that equal values, computed differently, look equal. */
const ROUNDING = 1e-6;

export type SampleValue = (sample: SwarmSample) => number;

/**
 * The value at the end of each of `width` equal steps of the sampled time. Between two samples an amount of bytes
 * is interpolated (`line`), a number of peers is not (`steps`).
 */
export function resample(
  samples: readonly SwarmSample[],
  width: number,
  value: SampleValue,
  between: 'line' | 'steps',
): number[] {
  const last = samples.at(-1);
  if (last === undefined) return [];
  let position = 0;
  return Array.from({ length: width }, (_, step) => {
    const atMs = (last.atMs * (step + 1)) / width;
    while (position < samples.length - 1 && samples[position + 1]!.atMs <= atMs) position++;
    const before = samples[position]!;
    const after = samples[position + 1];
    if (after === undefined || atMs <= before.atMs || between === 'steps') return value(before);
    const share = (atMs - before.atMs) / (after.atMs - before.atMs);
    return value(before) + share * (value(after) - value(before));
  });
}

/** What was added in each step. */
export function increments(values: readonly number[]): number[] {
  return values.map((value, i) => Math.max(0, value - (values[i - 1] ?? 0)));
}

/** One character a value, from blank (0) to a full block (`top`, by default the largest). */
export function sparkline(values: readonly number[], top = Math.max(0, ...values)): string {
  return values.map((value) => EIGHTHS[eighths(value, top, 1)]!).join('');
}

/** Bars `height` lines high with the time below; `label` writes the value at the top of the scale. */
export function barChart(
  values: readonly number[],
  options: { readonly height: number; readonly top: number; readonly endMs: number; readonly label: string },
): string {
  const { height, top, endMs, label } = options;
  const margin = label.length;
  const lines = Array.from({ length: height }, (_, row) => {
    const below = (height - 1 - row) * 8;
    const bars = values.map((value) => {
      const filled = eighths(value, top, height) - below;
      return EIGHTHS[Math.min(8, Math.max(0, filled))]!;
    });
    return `${(row === 0 ? label : '').padStart(margin)} │${bars.join('')}`.trimEnd();
  });
  const end = formatDuration(endMs);
  const axis = `${'0'.padStart(margin)} └${'─'.repeat(values.length)}`;
  return [...lines, axis, `${' '.repeat(margin)}  0${end.padStart(values.length - 1)}`].join('\n');
}

/** Anything above 0 is seen, and only the top is full. */
function eighths(value: number, top: number, height: number): number {
  if (!(value > 0) || !(top > 0)) return 0;
  return Math.min(8 * height, Math.max(1, Math.floor((value / top) * 8 * height + ROUNDING)));
}
