/** Helpers for values of which only YAML is known. */

export type PlainMap = Readonly<Record<string, unknown>>;

export function isPlainMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Ways of saying one thing: where the upper map has one of them, it replaces the others of the lower map. */
const ALTERNATIVES: readonly (readonly string[])[] = [
  ['uniform', 'normal', 'lognormal', 'exponential', 'pareto', 'weibull', 'samples', 'csv'],
  ['spaced', 'poisson', 'uniform', 'trace'],
  ['at', 'uniform', 'trace'],
  ['folders', 'generate'],
  ['folder', 'share'],
  ['count', 'share'],
  ['count', 'combine'],
  ['preset', 'delays'],
];

/**
 * The upper value over the lower one: maps key by key, everything else as a whole. A key without a value takes the
 * lower one's away. Shares nothing with either.
 */
export function merged(lower: unknown, upper: unknown): unknown {
  if (!isPlainMap(lower) || !isPlainMap(upper)) return copied(upper);
  const replaced = new Set(
    ALTERNATIVES.filter((ways) => ways.some((way) => Object.hasOwn(upper, way))).flat(),
  );
  const keys = new Set([...Object.keys(lower), ...Object.keys(upper)]);
  const entries = [...keys].flatMap((key): [string, unknown][] => {
    if (!Object.hasOwn(upper, key)) return replaced.has(key) ? [] : [[key, copied(lower[key])]];
    if (!Object.hasOwn(lower, key)) return [[key, copied(upper[key])]];
    return upper[key] === null ? [] : [[key, merged(lower[key], upper[key])]];
  });
  return Object.fromEntries(entries);
}

/** The map without some of its keys. */
export function without<T extends object, K extends string & keyof T>(
  map: T,
  ...keys: readonly K[]
): Omit<T, K> {
  const left = Object.entries(map).filter(([key]) => !(keys as readonly string[]).includes(key));
  return Object.fromEntries(left) as Omit<T, K>;
}

export function copied(value: unknown): unknown {
  return transformed(value, [], (leaf) => leaf);
}

/** A copy in which `change` has replaced what is neither map nor list. */
export function transformed(
  value: unknown,
  path: readonly PropertyKey[],
  change: (leaf: unknown, path: readonly PropertyKey[]) => unknown,
): unknown {
  if (Array.isArray(value)) return value.map((item, at) => transformed(item, [...path, at], change));
  if (!isPlainMap(value)) return change(value, path);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, transformed(item, [...path, key], change)]),
  );
}

export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}
