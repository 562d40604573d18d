/** Figures of benchmarks as people read them, three digits. Rates of bytes count in powers of 1,000. */
import type { Column } from '../../src/sim/report/table.ts';
import type { Interval } from '../statistics.ts';

/** @param rank where it is too narrow, the column with the highest is left out first */
export const right = (head: string, rank?: number): Column => ({
  head,
  align: 'right',
  ...(rank === undefined ? {} : { rank }),
});

export function formatCount(value: number): string {
  return scaled(value, ['', ' k', ' M', ' G']);
}

export function formatBytesPerSec(bytesPerSec: number): string {
  return scaled(bytesPerSec, [' B/s', ' kB/s', ' MB/s', ' GB/s', ' TB/s']);
}

export function formatMs(ms: number): string {
  if (ms >= 999.5) return `${digits(ms / 1000)} s`;
  if (ms >= 0.9995) return `${digits(ms)} ms`;
  return ms >= 0.0009995 ? `${digits(ms * 1000)} µs` : `${digits(ms * 1e6)} ns`;
}

/** Half the interval's width over its middle, `± 2.1 %`. Empty without an interval. */
export function formatMargin(interval: Interval | null): string {
  if (interval === null) return '';
  return `± ${digits(((interval.high - interval.low) / 2 / interval.estimate) * 100)} %`;
}

/** `0.55 [0.50, 0.61]` */
export function formatRatio(interval: Interval): string {
  const { estimate, low, high } = interval;
  return `${estimate.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

/** A ratio as its distance from 1: `+12.3 %`. */
export function formatChange(ratio: number): string {
  const percent = (ratio - 1) * 100;
  return `${percent >= 0 ? '+' : '−'}${digits(Math.abs(percent))} %`;
}

export function formatPercent(share: number): string {
  return `${digits(share * 100)} %`;
}

function scaled(value: number, units: readonly string[]): string {
  let rest = value;
  let step = 0;
  while (rest >= 999.5 && step < units.length - 1) {
    rest /= 1000;
    step++;
  }
  return `${digits(rest)}${units[step]!}`;
}

function digits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
