/**
 * Figures as people read them. Sizes in KiB, MiB, GiB (powers of 1024); rates in bit/s with powers of 1000, as
 * scenarios give the links; durations in ms, s, min, h. null is shown as `–`: there is no data. A rounded figure has
 * three digits (`30.0 s`, `1.50 MiB`), an exact one only those that it needs (`30 s`, `1.5 MiB`), as `exact-format.ts`
 * writes what somebody has set.
 */
import { KIB } from '../../core/units.ts';
import type { MetricUnit } from './metric-unit.ts';

export const NO_DATA = '–';

/** What is nearer than this share of a figure differs only by the arithmetic of its computation. */
const EXACT_TO = 1e-9;

/** In powers of 1,024: `512 B`, `1.46 MiB`, `256 KiB`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null || !Number.isFinite(bytes)) return NO_DATA;
  return scaled(Math.round(bytes), KIB, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
}

/** In bits as links are sold, in powers of 1,000: `800 bit/s`, `2.04 Mbit/s`. */
export function formatRate(bytesPerSec: number | null): string {
  if (bytesPerSec === null || !Number.isFinite(bytesPerSec)) return NO_DATA;
  return scaled(Math.round(bytesPerSec * 8), 1000, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']);
}

export function formatDuration(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return NO_DATA;
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < 999.5) return `${digits(ms)} ms`;
  if (ms < 59_995) return `${digits(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  const pad = (n: number): string => String(n).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** A share, 1 being 100 %. */
export function formatPercent(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return NO_DATA;
  const percent = share * 100;
  if (Math.abs(percent) > 1e-9 && Math.abs(percent) < 0.1) return percent > 0 ? '< 0.1 %' : '> -0.1 %';
  return `${trimZeros(percent.toFixed(1))} %`;
}

export function formatRatio(value: number | null): string {
  return value === null || !Number.isFinite(value) ? NO_DATA : value.toFixed(2);
}

/** A value of the catalogue of metrics. Copies and requests have no unit of their own. */
export function formatMetric(value: number | null, unit: MetricUnit): string {
  switch (unit) {
    case 'ms':
      return formatDuration(value);
    case 'bytes':
      return formatBytes(value);
    case 'bytes/s':
      return formatRate(value);
    case 'share':
      // Almost everything is not everything: 100 % is what thresholds ask for.
      return value !== null && value < 1 && value >= 0.9995 ? '> 99.9 %' : formatPercent(value);
    case 'count':
      return value === null ? NO_DATA : trimZeros(value.toFixed(1));
    case 'number':
      return formatRatio(value);
  }
}

function scaled(amount: number, base: number, names: readonly string[]): string {
  let value = amount;
  let power = 0;
  // 1023.6 would be written as 1024: it belongs to the next unit.
  while (Math.abs(value) >= base - 0.5 && power < names.length - 1) {
    value /= base;
    power++;
  }
  return `${digits(value)} ${names[power]!}`;
}

/** Three significant digits, more before the point, fewer where these are exact. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 0.01) return value > 0 ? '< 0.01' : '> -0.01';
  const text = value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
  const isExact = Math.abs(Number(text) - value) <= size * EXACT_TO;
  return isExact ? String(Number(text)) : text;
}

function trimZeros(number: string): string {
  return number.replace(/\.0$/, '');
}
