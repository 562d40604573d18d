/** `--set path=value`: changes of a scenario from the command line, made before it is validated. */
import { parseDocument } from 'yaml';
import { jsonSchemaOf, nodesAt } from './language/json-schema.ts';
import { suggestKnown } from './source/did-you-mean.ts';
import { isPlainMap, valueAt, without } from './source/plain-data.ts';
import { yamlMistakes } from './source/yaml-mistakes.ts';
import type { Problem } from './source/problems.ts';
import { scenarioSchema } from './language/schema.ts';

/** How problems name what came from the command line. */
export const OVERRIDES_FILE = '--set';

export interface Override {
  readonly path: readonly string[];
  readonly value: unknown;
  /** Its position on the command line, from 1. */
  readonly line: number;
}

export interface AppliedOverrides {
  readonly data: unknown;
  readonly applied: readonly Override[];
  readonly problems: readonly Problem[];
}

type Mistake = { readonly message: string; readonly suggestion?: string };

/**
 * Writes each `path=value` into a copy of the data. Paths are dotted (`peers.leechers.count`, `content.folders.0`),
 * values are YAML. `null` removes the key. A key that does not exist yet is added and left to validation; a group of
 * peers and a variable must exist, since a misspelt one would otherwise become a new one.
 *
 * @param data shares nothing with others, and is changed
 */
export function applyOverrides(data: unknown, sets: readonly string[]): AppliedOverrides {
  const applied: Override[] = [];
  const problems: Problem[] = [];
  let changed = data;
  for (const [index, set] of sets.entries()) {
    const line = index + 1;
    const problem = (path: string, { message, suggestion }: Mistake, column = 1): void => {
      const fix = suggestion === undefined ? {} : { suggestion };
      problems.push({ file: OVERRIDES_FILE, line, column, path, message, ...fix });
    };
    const equals = set.indexOf('=');
    const written = set.slice(0, Math.max(0, equals)).trim();
    if (equals < 1 || written.split('.').includes('')) {
      problem('', {
        message: `"${set}" is not path=value`,
        suggestion: 'write for example peers.leechers.count=20',
      });
      continue;
    }
    const path = stepsOf(changed, written);
    const value = readValue(set.slice(equals + 1));
    if (!value.ok) {
      problem(written, value.mistake, equals + 2 + value.offset);
      continue;
    }
    const obstacle = obstacleTo(changed, path, isPlainMap(value.data));
    if (obstacle !== undefined) {
      problem(written, obstacle);
      continue;
    }
    // An empty value is no wish to remove: a shell's variable may have been empty.
    const isRemoval = value.data === null && set.slice(equals + 1).trim() !== '';
    changed = isRemoval ? withoutKey(changed, path) : withValue(changed, path, value.data);
    applied.push({ path, value: value.data, line });
  }
  return { data: changed, applied, problems };
}

/** The place of a problem that an override caused; `undefined` when none of them did. */
export function overrideAt(
  applied: readonly Override[],
  path: readonly PropertyKey[],
): Pick<Problem, 'file' | 'line' | 'column'> | undefined {
  const cause = applied.findLast((override) =>
    override.path.every((step, depth) => step === String(path[depth])),
  );
  return cause && { file: OVERRIDES_FILE, line: cause.line, column: 1 };
}

type ReadValue =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly offset: number; readonly mistake: Mistake };

function readValue(text: string): ReadValue {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error' });
  const [first] = yamlMistakes(document, text);
  if (first === undefined) return { ok: true, data: document.toJS() };
  const { offset, ...mistake } = first;
  return { ok: false, offset, mistake };
}

/** The steps of a dotted path. A key that has dots itself, as those of a sweep do, is followed as a whole. */
function stepsOf(data: unknown, written: string): string[] {
  const parts = written.split('.');
  const steps: string[] = [];
  let node = data;
  while (parts.length > 0) {
    let length = 1;
    if (isPlainMap(node)) {
      const map = node;
      const lengths = parts.map((_, at) => at + 1);
      length = lengths.find((count) => Object.hasOwn(map, parts.slice(0, count).join('.'))) ?? 1;
    }
    const step = parts.splice(0, length).join('.');
    steps.push(step);
    node = childOf(node, step);
  }
  return steps;
}

function childOf(node: unknown, step: string): unknown {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, step)) return undefined;
  return (node as Record<string, unknown>)[step];
}

/** Why the path cannot be written to. */
function obstacleTo(data: unknown, path: readonly string[], valueIsMap: boolean): Mistake | undefined {
  if (path.includes('__proto__') || path.includes('<<')) return { message: 'this key cannot be set' };
  if (path[0] === 'extends' || path[0] === 'include') {
    const message = `${path[0]} is read before anything is set`;
    return { message, suggestion: 'write a file that extends both' };
  }
  if (data !== null && !isPlainMap(data)) return { message: 'the file is not a map of keys' };
  const unknown = unknownName(data, path, valueIsMap);
  if (unknown !== undefined) return unknown;
  let node: unknown = data;
  for (const [depth, step] of path.entries()) {
    if (depth > 0 && Array.isArray(node)) {
      const index = Number(step);
      if (!Number.isInteger(index) || index < 0 || index >= node.length) {
        const name = path.slice(0, depth).join('.');
        return { message: `${name} is a list of ${node.length}`, suggestion: 'count its items from 0' };
      }
    } else if (depth > 0 && !isPlainMap(node)) {
      if (node === undefined || node === null) return undefined;
      const name = path.slice(0, depth).join('.');
      return { message: `${name} has no keys`, suggestion: `set ${name} as a whole` };
    }
    node = childOf(node, step);
  }
  return undefined;
}

/** Groups and variables are added on purpose only: a group as a map, a variable in the file. */
function unknownName(
  data: unknown,
  [top, name, ...rest]: readonly string[],
  valueIsMap: boolean,
): Mistake | undefined {
  if (name === undefined || (top !== 'peers' && top !== 'variables')) return undefined;
  const known = childOf(data, top);
  if (known !== undefined && known !== null && !isPlainMap(known)) return undefined;
  const names = Object.keys(known ?? {});
  if (names.includes(name) || (top === 'peers' && rest.length === 0 && valueIsMap)) return undefined;
  const what = top === 'peers' ? 'group' : 'variable';
  if (names.length > 0)
    return { message: `there is no ${what} "${name}"`, suggestion: suggestKnown(name, names, `${what}s`) };
  const suggestion = top === 'peers' ? 'use defaults.… for all peers' : 'add it to the file';
  return { message: `there is no ${what} "${name}"`, suggestion };
}

/** Changes maps and lists in place. */
function withValue(node: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  const child = withValue(childOf(node, step), rest, value);
  if (Array.isArray(node)) return node.map((item: unknown, at) => (at === Number(step) ? child : item));
  return { ...(isPlainMap(node) ? node : {}), [step]: child };
}

/** A key that is not there is left out already, if there can be such a key. An item of a list stays, without a value. */
function withoutKey(data: unknown, path: readonly string[]): unknown {
  const parent = path.slice(0, -1);
  const last = path.at(-1)!;
  const map = valueAt(data, parent);
  if (isPlainMap(map) && Object.hasOwn(map, last)) return withValue(data, parent, without(map, last));
  const isKnown = nodesAt(jsonSchemaOf(scenarioSchema), path).length > 0;
  return isKnown && !Array.isArray(map) ? data : withValue(data, path, null);
}
