import { SECOND_MS } from '../../core/units.ts';

const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** What somebody has set, as it was set: a link of 1.25 Mbit/s is not rounded to three digits, as figures are. */

/** A value in ms: `250 ms`, `12.5 s`, and from a minute on in the form that measured durations have: `1 min 00 s`. */
export function exactDuration(value: number): string {
  if (value < 1000) return `${Number(value.toFixed(3))} ms`;
  const ms = Math.round(value);
  if (ms < MINUTE_MS) return `${ms / SECOND_MS} s`;
  const hours = Math.floor(ms / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  const seconds = (ms % MINUTE_MS) / SECOND_MS;
  const wholeMinutes = hours === 0 ? `${minutes} min` : `${hours} h ${padded(minutes)} min`;
  return hours > 0 && seconds === 0 ? wholeMinutes : `${wholeMinutes} ${padded(seconds)} s`;
}

function padded(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** In bits, as links are sold; null: `unlimited`. */
export function exactRate(bytesPerSec: number | null): string {
  if (bytesPerSec === null) return 'unlimited';
  const bits = bytesPerSec * 8;
  const [factor, unit] = bits >= 1e9 ? [1e9, 'Gbit/s'] : bits >= 1e6 ? [1e6, 'Mbit/s'] : [1e3, 'kbit/s'];
  return `${Number((bits / factor).toFixed(2))} ${unit}`;
}

export function exactShare(share: number): string {
  return `${Number((share * 100).toFixed(4))}%`;
}
