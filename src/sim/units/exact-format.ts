/** What somebody has set, as it was set: a link of 1.25 Mbit/s is not rounded to three digits, as figures are. */

export function exactDuration(value: number): string {
  return value >= 1000 ? `${Number((value / 1000).toFixed(3))} s` : `${Number(value.toFixed(3))} ms`;
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
