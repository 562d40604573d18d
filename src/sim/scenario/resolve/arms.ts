/** `sweep` and `baseline` → the variants of a scenario that an experiment runs. */
import type { z } from 'zod';
import { ARMS_MAX, type experimentKeys } from '../language/experiment-schema.ts';
import type { Path } from '../source/yaml-source.ts';
import type { Arm } from '../language/scenario.ts';
import type { Report } from '../source/variables.ts';
import { clipped } from '../../units/quantities.ts';

type Written = z.output<typeof experimentKeys.sweep>;
type WrittenValues = NonNullable<NonNullable<Written>['product']>[string];

/** One setting of one arm, and where it is written. */
export interface Setting {
  readonly path: string;
  readonly value: unknown;
  readonly place: Path;
}

export interface PlacedArm extends Arm {
  readonly settings: readonly Setting[];
}

type Row = readonly Setting[];

/**
 * The cells of the sweep: for each row of zip the whole product, the last key changing fastest. With a mistake that is
 * reported, arms that try what is right of it.
 *
 * @param judging names of variables that change nothing of a run: no arm is named for them
 */
export function armsOf(sweep: Written, judging: ReadonlySet<string>, report: Report): readonly PlacedArm[] {
  if (sweep === undefined) return [];
  const twice = Object.keys(sweep.zip ?? {}).filter((path) => Object.hasOwn(sweep.product ?? {}, path));
  for (const path of twice)
    report(['sweep', 'zip', path], 'is also in product', 'keep one of the two', 'key');
  const zipped = rowsOf(sweep.zip, ['sweep', 'zip'], report);
  const lengths = new Set(zipped.map((rows) => rows.length));
  if (lengths.size > 1) {
    report(
      ['sweep', 'zip'],
      `has lists of ${[...lengths].join(' and ')} values`,
      'make them equally long',
      'key',
    );
  }
  const shortest = zipped.length === 0 ? 1 : Math.min(...lengths);
  const together = Array.from({ length: shortest }, (_, at) => zipped.flatMap((rows) => rows[at] ?? []));
  refuseTwice(together, report);
  const dimensions = rowsOf(sweep.product, ['sweep', 'product'], report);
  for (const rows of dimensions) refuseTwice(rows, report);
  const size = dimensions.reduce((product, rows) => product * rows.length, together.length);
  if (size > ARMS_MAX) {
    report(['sweep'], `makes ${size} arms`, `allowed: up to ${ARMS_MAX}`, 'key');
    const shortestFirst = [together, ...dimensions].sort((a, b) => a.length - b.length);
    return oneByOne(shortestFirst).slice(0, ARMS_MAX);
  }
  const cells = dimensions.reduce<Row[]>(
    (rows, dimension) => rows.flatMap((row) => dimension.map((settings) => [...row, ...settings])),
    together,
  );
  return namedShortly(cells, judging);
}

/** By what makes a difference, where that tells the arms apart. */
function namedShortly(cells: readonly Row[], judging: ReadonlySet<string>): readonly PlacedArm[] {
  const changes = ({ path }: Setting): boolean =>
    !path.startsWith('variables.') || !judging.has(path.slice('variables.'.length));
  const arms = cells.map((settings) => armOf(settings));
  const short = cells.map((settings) => armOf(settings.filter(changes)).name);
  if (short.includes('') || new Set(short).size < short.length) return arms;
  return arms.map((arm, at) => ({ ...arm, name: short[at]! }));
}

/** Each row once, with the first ones of the other dimensions. */
function oneByOne(dimensions: readonly (readonly Row[])[]): PlacedArm[] {
  return dimensions.flatMap((rows, own) =>
    rows.map((row) => armOf(dimensions.flatMap((others, at) => (at === own ? row : others[0]!)))),
  );
}

export function baselineOf(
  written: Readonly<Record<string, unknown>> | undefined,
  report: Report,
): PlacedArm | null {
  if (written === undefined) return null;
  const settings = Object.entries(written).flatMap(([path, value]) => {
    const place = ['baseline', path];
    return isForArms(path, place, report) ? [{ path, value, place }] : [];
  });
  return { ...armOf(settings), name: 'baseline' };
}

/** What makes the arms, and the seed that all of them share, would be ignored in an arm. */
function isForArms(path: string, place: Path, report: Report): boolean {
  const [top, ...rest] = path.split('.') as [string, ...string[]];
  if (path === '') return false;
  if (path.includes('=') || [top, ...rest].includes('')) {
    report(place, 'is not a path', 'write a path as for --set, for example peers.leechers.count', 'key');
    return false;
  }
  if (!['sweep', 'repeat', 'baseline', 'seed'].includes(top)) return true;
  const fix =
    top === 'seed'
      ? 'use repeat: N, whose runs have derived seeds, the same in every arm'
      : 'set other keys in its arms';
  report(place, `${top} applies to the whole experiment`, fix, 'key');
  return false;
}

/** The settings of each dimension, one at a time. Those with a mistake are left out. */
function rowsOf(
  dimensions: Readonly<Record<string, WrittenValues>> | undefined,
  at: Path,
  report: Report,
): Row[][] {
  return Object.entries(dimensions ?? {}).flatMap(([path, written]): Row[][] => {
    const place = [...at, path];
    if (!isForArms(path, place, report)) return [];
    const values = Array.isArray(written) ? written : rangeOf(written, place, report);
    if (values.length === 0) return [];
    const rows = values.map((value, index) => [
      { path, value, place: Array.isArray(written) ? [...place, index] : place },
    ]);
    return [rows];
  });
}

/** Arms that are alike; in zip a value may come again, beside another one. */
function refuseTwice(rows: readonly Row[], report: Report): void {
  const seen = new Set<string>();
  for (const row of rows) {
    const text = JSON.stringify(row.map(({ value }) => value));
    const [first] = row;
    if (first !== undefined && seen.has(text)) {
      const values = row.map(({ value }) => clipped(value)).join(' with ');
      report(first.place, `${values} occurs twice`, 'keep one of them');
    }
    seen.add(text);
  }
}

function armOf(settings: Row): PlacedArm {
  const names = shortNames(settings.map(({ path }) => path));
  const parameters = Object.fromEntries(
    settings.map(({ value }, at) => [names[at]!, isScalar(value) ? value : JSON.stringify(value)]),
  );
  return {
    name: Object.entries(parameters)
      .map(([name, value]) => `${name}=${value}`)
      .join(', '),
    parameters,
    sets: settings.map(({ path, value }) => `${path}=${JSON.stringify(value)}`),
    settings,
  };
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** The last steps of each path, as many as tell it from the others. */
function shortNames(paths: readonly string[]): readonly string[] {
  const ending = (path: string, steps: number): string => path.split('.').slice(-steps).join('.');
  return paths.map((path) => {
    let steps = 1;
    while (paths.some((other) => other !== path && ending(other, steps) === ending(path, steps))) steps++;
    return ending(path, steps);
  });
}

type WrittenRange = Exclude<WrittenValues, readonly unknown[]>;

/** Both ends must have the same unit, in which all values then are. */
function rangeOf({ from, to, steps, scale }: WrittenRange, place: Path, report: Report): unknown[] {
  const first = numberAndUnit(from);
  const last = numberAndUnit(to);
  for (const [key, end] of [
    ['from', first],
    ['to', last],
  ] as const) {
    if (end !== undefined) continue;
    report([...place, key], 'is not a number with or without a unit', 'use a list for other values');
  }
  if (first === undefined || last === undefined) return [];
  if (first.unit !== last.unit) {
    report(
      [...place, 'to'],
      `has a unit other than that of from, ${clipped(from)}`,
      'write both in one unit',
    );
    return [];
  }
  if (scale === 'geometric' && (first.value <= 0 || last.value <= 0)) {
    report([...place, 'scale'], 'scale: geometric needs both ends above 0', 'use scale: linear');
    return [];
  }
  const areWhole = first.unit === '' && Number.isInteger(first.value) && Number.isInteger(last.value);
  return Array.from({ length: steps }, (_, at) => {
    const part = at / (steps - 1);
    const exact =
      scale === 'linear'
        ? first.value + (last.value - first.value) * part
        : first.value * (last.value / first.value) ** part;
    const value = areWhole ? Math.round(exact) : Number(exact.toPrecision(6));
    return first.unit === '' ? value : `${value}${first.unit}`;
  });
}

function numberAndUnit(
  written: string | number,
): { readonly value: number; readonly unit: string } | undefined {
  const parts = /^(-?(?:\d+\.?\d*|\.\d+))\s*([A-Za-z/%]*)$/.exec(String(written).trim());
  return parts === null ? undefined : { value: Number(parts[1]), unit: parts[2]! };
}
