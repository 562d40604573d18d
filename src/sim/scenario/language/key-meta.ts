/** Building blocks of the scenario language: every key says what it is, its default, its range and an example. */
import { z } from 'zod';
import { clipped, readQuantity, type UnitKind } from '../../units/quantities.ts';

/** What the reference page and an editor show of a key. Values as written in YAML. */
export interface About {
  readonly description: string;
  /** What holds when the key is absent, as a value or in words. */
  readonly default?: string | number | boolean;
  readonly examples?: readonly unknown[];
  /** In words, where the type does not say it. */
  readonly range?: string;
}

/**
 * The meta data of a key. Default and examples go under names of our own, since zod drops the standard ones from the
 * input side of a transformation; `jsonSchemaOf` puts them back.
 */
export function about({
  description,
  default: defaultWritten,
  examples,
  range,
}: Partial<About>): Record<string, unknown> {
  return {
    ...(description === undefined ? {} : { description }),
    ...(defaultWritten === undefined ? {} : { writtenDefault: defaultWritten }),
    ...(examples === undefined ? {} : { writtenExamples: examples }),
    ...(range === undefined ? {} : { range }),
  };
}

export interface Limits {
  /** As written; with their unit, since they are shown in messages. */
  readonly min: string;
  readonly max: string;
}

/** A quantity with a unit; reads to a number in the kind's base unit. */
export function quantity(
  kind: UnitKind,
  limits: Limits,
  { whole = false, ...key }: Partial<About> & { readonly whole?: boolean } = {},
) {
  const min = knownQuantity(kind, limits.min);
  const max = knownQuantity(kind, limits.max);
  const range = `${limits.min} to ${limits.max}`;
  return z
    .unknown()
    .transform((input, context): number => {
      const mistake = (message: string, suggestion: string): never => {
        context.issues.push({ code: 'custom', input, message, params: { suggestion } });
        return z.NEVER;
      };
      const reading = readQuantity(kind, input);
      if (!reading.ok) return mistake(reading.message, reading.suggestion);
      if (reading.value < min) return mistake(`${clipped(input)} is too small`, `allowed: ${range}`);
      if (reading.value > max) return mistake(`${clipped(input)} is too large`, `allowed: ${range}`);
      if (whole && !Number.isInteger(reading.value)) {
        return mistake(
          `${clipped(input)} is not a whole number of bytes`,
          `for example ${kind.examples.join(', ')}`,
        );
      }
      return reading.value;
    })
    .meta({
      type: 'string',
      pattern: patternOf(kind, min > 0),
      quantity: kind.name,
      ...about({ range, examples: kind.examples.slice(0, 2), ...key }),
    });
}

/** A quantity of this program's own text. */
export function knownQuantity(kind: UnitKind, text: string): number {
  const reading = readQuantity(kind, text);
  return reading.ok ? reading.value : NaN;
}

/** For editors; the reading itself gives the better messages. */
function patternOf(kind: UnitKind, isPositive: boolean): string {
  const units = Object.keys(kind.units).map((unit) => unit.replaceAll('/', '\\/'));
  const notZero = isPositive ? '(?=[0.]*[1-9])' : '';
  return `^${notZero}\\d*\\.?\\d+ ?(${units.join('|')})$`;
}

/** Ways of saying one thing, of which exactly one is to be chosen: `{ uniform: … }`. */
export function oneOf(
  value: Readonly<Record<string, unknown>>,
  context: z.RefinementCtx,
  what: string,
): void {
  const given = Object.keys(value).filter((key) => value[key] !== undefined);
  // A misspelt key is already reported, and was probably the one.
  if (given.length === 1 || (given.length === 0 && context.issues.length > 0)) return;
  context.addIssue({
    code: 'custom',
    message: given.length === 0 ? `${what} is missing` : `${given.join(' and ')} exclude each other`,
    params: { aboutKeys: true, ...(given.length === 0 ? {} : { suggestion: 'keep one' }) },
  });
}
