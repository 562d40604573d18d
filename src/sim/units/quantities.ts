/** Quantities as people write them: `50ms`, `20Mbit/s`, `4MiB`, `50%`, `2/s`. Bits and bytes, 1000 and 1024 are kept apart. */
import { distance } from 'fastest-levenshtein';

/** A kind of quantity: its units with their factors, and how it is written. */
export interface UnitKind {
  /** With its article: `a duration`. */
  readonly name: string;
  /** Factor to the unit in which the laboratory counts. The unit must be spelled exactly so. */
  readonly units: Readonly<Record<string, number>>;
  readonly examples: readonly string[];
  /** Units to propose when none was given. */
  readonly usual: readonly [string, string];
}

export type Reading =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly message: string; readonly suggestion: string };

/** Counted in milliseconds. */
export const durationUnits: UnitKind = {
  name: 'a duration',
  units: { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000 },
  examples: ['50ms', '2s', '1.5min'],
  usual: ['ms', 's'],
};

/** Counted in bytes a second. */
export const rateUnits: UnitKind = {
  name: 'a rate',
  units: {
    ...scaled('bit/s', 1 / 8, 1000, ['', 'k', 'M', 'G']),
    ...scaled('B/s', 1, 1000, ['', 'k', 'M', 'G']),
    ...scaled('bit/s', 128, 1024, ['Ki', 'Mi', 'Gi']),
    ...scaled('B/s', 1024, 1024, ['Ki', 'Mi', 'Gi']),
  },
  examples: ['20Mbit/s', '2MB/s', '512kbit/s'],
  usual: ['Mbit/s', 'kB/s'],
};

/** Counted in bytes. */
export const sizeUnits: UnitKind = {
  name: 'a size',
  units: {
    ...scaled('B', 1, 1000, ['', 'k', 'M', 'G', 'T']),
    ...scaled('B', 1024, 1024, ['Ki', 'Mi', 'Gi', 'Ti']),
  },
  examples: ['256KiB', '4MiB', '10GB'],
  usual: ['MiB', 'MB'],
};

/** Counted as a fraction: 50% is 0.5. */
export const shareUnits: UnitKind = {
  name: 'a share',
  units: { '%': 0.01 },
  examples: ['50%', '12.5%'],
  usual: ['%', '%'],
};

/** Counted as events a second. */
export const frequencyUnits: UnitKind = {
  name: 'a frequency',
  units: { '/s': 1, '/min': 1 / 60, '/h': 1 / 3600 },
  examples: ['2/s', '30/min'],
  usual: ['/s', '/min'],
};

export const unitKinds = [durationUnits, rateUnits, sizeUnits, shareUnits, frequencyUnits];

/** Reads a quantity from a value of the YAML file. Never throws. */
export function readQuantity(kind: UnitKind, input: unknown): Reading {
  const examples = `write ${kind.name} such as ${kind.examples.join(', ')}`;
  if (input === undefined) return { ok: false, message: 'is missing', suggestion: examples };
  if (input === null) return { ok: false, message: 'has no value', suggestion: examples };
  if (typeof input !== 'string' && typeof input !== 'number') {
    return { ok: false, message: `must be ${kind.name}`, suggestion: examples };
  }
  const comma = /^([+-]?\d+),(\d+)(?![\d,])(.*)$/s.exec(String(input).trim());
  if (comma !== null) {
    const suggestion = `write ${comma[1]!}.${comma[2]!}${clipped(comma[3])}`;
    return { ok: false, message: `"${clipped(input)}" has a decimal comma`, suggestion };
  }
  const parts = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(.*)$/i.exec(String(input).trim());
  const amount = Number(parts?.[1]);
  if (parts === null || !Number.isFinite(amount)) {
    return { ok: false, message: `"${clipped(input)}" is not ${kind.name}`, suggestion: examples };
  }
  const unit = parts[2]!;
  if (unit === '') {
    const written = [...new Set(kind.usual)].map((usual) => `${String(input).trim()}${usual}`).join(' or ');
    return { ok: false, message: `${clipped(input)} has no unit`, suggestion: `write ${written}` };
  }
  if (!Object.hasOwn(kind.units, unit)) {
    const nearest = nearestUnits(kind, unit).map((known) => `${parts[1]!}${known}`);
    const suggestion = nearest.length === 0 ? examples : `write ${nearest.join(' or ')}`;
    return { ok: false, message: `"${clipped(unit)}" is not a unit of ${kind.name}`, suggestion };
  }
  if (amount < 0) return { ok: false, message: `${clipped(input)} is negative`, suggestion: examples };
  return { ok: true, value: exact(amount * kind.units[unit]!) };
}

/** Binary fractions such as 1.1 × 1000 would otherwise be off by their last bits. */
function exact(value: number): number {
  return Number(value.toPrecision(15));
}

function scaled(
  unit: string,
  first: number,
  step: number,
  prefixes: readonly string[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(prefixes.map((prefix, power) => [prefix + unit, first * step ** power]));
}

/** Units that were probably meant: `mbps` → Mbit/s; `Mb/s` → Mbit/s and MB/s, since it is read both ways. */
function nearestUnits(kind: UnitKind, unit: string): readonly string[] {
  const spelled = /bit/i.test(unit) ? /bit/ : /byte/i.test(unit) ? /B/ : /(?:)/;
  const known = Object.keys(kind.units).filter((candidate) => spelled.test(candidate));
  const folded = fold(unit);
  // A rate without its time: Mbit, Mbits.
  const same = known.filter((candidate) => [folded, `${folded}/s`].includes(fold(candidate)));
  if (same.length > 0) return same.slice(0, 2);
  return known.filter((candidate) => distance(fold(candidate), folded) <= 1).slice(0, 2);
}

/** Brings the usual misspellings of one unit together; bit and byte stay one, for the reader to choose. */
function fold(unit: string): string {
  return unit
    .toLowerCase()
    .replace(/ps$/, '/s')
    .replace(/\s|seconds?|secs?$/g, (match) => (match.trim() === '' ? '' : 's'))
    .replace(/^(milliseconds?|millis?|msecs?)$/, 'ms')
    .replace(/^(minutes?|mins?|m)$/, 'min')
    .replace(/^(hours?|hrs?)$/, 'h')
    .replace(/bits?|bytes?/, 'b');
}

/** A value for a message: on one line and not too long. */
export function clipped(value: unknown): string {
  const plain =
    typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
  const text = plain.replaceAll(/\s+/g, ' ');
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
