/** `${name}` in the values of a scenario, replaced by what `variables` says. */
import type { Path, Spot } from './yaml-source.ts';
import { nearest } from './did-you-mean.ts';
import { copied, isPlainMap, transformed, type PlainMap } from './plain-data.ts';

export type Report = (path: Path, message: string, suggestion?: string, spot?: Spot) => void;

export const VARIABLE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;
/** Variables within variables may double at each step. */
const SUBSTITUTED_CHARS_MAX = 1_000_000;
const REFERENCE = /\$(\$\{)|\$\{([^{}]*)\}/g;

/** Every name of which some text says `${name}`. */
export function referencesIn(data: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  transformed(data, [], (leaf) => {
    if (typeof leaf !== 'string') return leaf;
    for (const [, , name] of leaf.matchAll(REFERENCE)) if (name !== undefined) names.add(name.trim());
    return leaf;
  });
  return names;
}

/** The variable that a value is as a whole; `undefined` for every other value. */
export function variableOf(value: unknown): string | undefined {
  return typeof value === 'string' ? /^\$\{([^{}]*)\}$/.exec(value)?.[1]!.trim() : undefined;
}

/**
 * Data with every `${name}` replaced. A value that is nothing but one reference becomes what the variable is, be it a
 * map; inside of a longer text, a variable must be text or a number. `$${` stands for `${`.
 *
 * @param mustBeUsed names of which a use is expected: an unused variable is a slip
 */
export function substituted(data: PlainMap, mustBeUsed: (name: string) => boolean, report: Report): PlainMap {
  const variables = isPlainMap(data.variables) ? data.variables : {};
  const used = new Set<string>();
  const known = new Map<string, unknown>();
  let chars = 0;

  const valueOf = (name: string, path: Path, offset: number, within: readonly string[]): unknown => {
    used.add(name);
    if (!Object.hasOwn(variables, name)) {
      report(path, `there is no variable "${name}"`, suggestionFor(name, variables), { offset });
      return '';
    }
    if (within.includes(name)) {
      report(path, `${[...within, name].join(' → ')} is a cycle`, 'remove one of these references');
      return '';
    }
    if (!known.has(name)) {
      const own = resolve(variables[name], ['variables', name], [...within, name]);
      known.set(name, own);
    }
    const value = known.get(name);
    chars += JSON.stringify(value ?? null).length;
    if (chars <= SUBSTITUTED_CHARS_MAX) return copied(value);
    report(path, `the variables grow to more than ${SUBSTITUTED_CHARS_MAX} characters`, 'repeat less');
    return '';
  };

  const resolve = (value: unknown, from: Path, within: readonly string[]): unknown =>
    transformed(value, from, (leaf, path) => {
      if (typeof leaf !== 'string' || !leaf.includes('${')) return leaf;
      const whole = variableOf(leaf);
      if (whole !== undefined) return valueOf(whole, path, 0, within);
      const text = leaf.replaceAll(REFERENCE, (_match, escaped?: string, name?: string, at?: number) => {
        if (escaped !== undefined) return escaped;
        const part = valueOf(name!.trim(), path, at ?? 0, within);
        if (typeof part !== 'string' && typeof part !== 'number' && typeof part !== 'boolean') {
          report(
            path,
            `\${${name!}} is neither text nor a number, so it cannot be part of a text`,
            'make it the whole value',
          );
          return '';
        }
        return String(part);
      });
      return leaf.includes('$${') ? text : asScalar(text);
    });

  const rest = Object.fromEntries(
    Object.entries(data).map(([key, value]) =>
      key === 'variables' ? [key, value] : [key, resolve(value, [key], [])],
    ),
  );
  for (const name of Object.keys(variables)) {
    // What only variables use is looked at too, so that its mistakes are told.
    if (!known.has(name)) known.set(name, resolve(variables[name], ['variables', name], [name]));
  }
  for (const name of Object.keys(variables)) {
    if (!used.has(name) && mustBeUsed(name) && VARIABLE_NAME.test(name)) {
      report(['variables', name], 'is never used', `use it as \${${name}}, or remove it`, 'key');
    }
  }
  return rest;
}

/** A text that was put together may be a number or a truth, as YAML would have read it. */
function asScalar(text: string): unknown {
  if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) return Number(text);
  return text === 'true' || text === 'false' ? text === 'true' : text;
}

function suggestionFor(name: string, variables: PlainMap): string {
  const names = Object.keys(variables);
  const near = nearest(name, names);
  if (near !== undefined) return `did you mean "${near}"?`;
  return names.length === 0 ? 'add it to variables' : `known: ${names.join(', ')}`;
}
