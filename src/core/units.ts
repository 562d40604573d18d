/** Names of sizes and times, as people read and write them. Numbers carry their unit last in their name: `latencyMs`, `upBytesPerSec`. */

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

export const SECOND_MS = 1000;

const BYTE_UNITS: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4 };
const BYTE_SIZE = /^(\d+(?:\.\d+)?)\s*(?:B|bytes?|([kmgt])(|i|ib|b))?$/i;

/**
 * Reads a size as people write it: `1000`, `1000 B`, `64k`, `256KiB`, `1.5 MiB`, `1GB`. A lone letter and the
 * forms with `i` count in powers of 1,024, `kB`, `MB`, `GB` and `TB` in powers of 1,000 (as GNU's tools do). A small
 * `b` after a power of 1,000 is a bit elsewhere and therefore refused, as are fractions of a byte.
 *
 * @returns whole bytes ≥ 0; `undefined` when the text is no size or above 2^53 - 1
 */
export function parseBytes(text: string): number | undefined {
  const match = BYTE_SIZE.exec(text.trim());
  if (match === null) return undefined;
  const [, number, letter, rest = ''] = match;
  if (rest === 'b') return undefined;
  const base = rest === 'B' ? 1000 : KIB;
  const bytes = Number(number) * (letter === undefined ? 1 : base ** BYTE_UNITS[letter.toLowerCase()]!);
  // Decimal fractions such as 1.1 kB are not exact in binary: what is within a millionth of a byte is whole.
  const whole = Math.round(bytes);
  return Number.isSafeInteger(whole) && Math.abs(bytes - whole) < 1e-6 ? whole : undefined;
}

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
