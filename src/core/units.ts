/** Names of sizes and times, as people read and write them. Numbers carry their unit last in their name: `latencyMs`, `upBytesPerSec`. */

export const KIB = 1024;
export const MIB = 1024 * KIB;

export const SECOND_MS = 1000;

/** A size for people, three digits in powers of 1,024 unless it is exact: `512 B`, `1.50 MiB`, `256 KiB`, `4 MiB`. */
export function formatBytes(bytes: number): string {
  return scaled(Math.round(bytes), KIB, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
}

/** A rate for people, in bits as links are sold, three digits in powers of 1,000: `800 bit/s`, `2.04 Mbit/s`. */
export function formatRate(bytesPerSec: number): string {
  return scaled(Math.round(bytesPerSec * 8), 1000, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']);
}

function scaled(amount: number, base: number, names: readonly string[]): string {
  let value = amount;
  let power = 0;
  // 1023.6 would be written as 1024: it belongs to the next unit.
  while (Math.abs(value) >= base - 0.5 && power < names.length - 1) {
    value /= base;
    power++;
  }
  const size = Math.abs(value);
  const digits = Number.isInteger(value) || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${names[power]!}`;
}
