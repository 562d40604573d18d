/** Turns what the validator found into problems with a place, plain words and a fix. */
import type { z } from 'zod';
import type { SourceDocument } from '../source/source-document.ts';
import { alternatives, keysAt, nodesAt, type SchemaNode } from './json-schema.ts';
import type { Path, Spot } from '../source/yaml-source.ts';
import { nearest, suggestKnown } from '../source/did-you-mean.ts';
import { whereItBelongs } from './misplaced-key.ts';
import { valueAt } from '../source/plain-data.ts';
import type { Problem } from '../source/problems.ts';
import { clipped } from '../../units/quantities.ts';

type Issue = z.core.$ZodIssue;

/** So begins a suggestion of what to write instead. */
const WRITE = 'write ';

interface Told {
  readonly path: Path;
  readonly at: Spot;
  readonly message: string;
  readonly suggestion?: string;
}

export function problemsOf(
  issues: readonly Issue[],
  schema: SchemaNode,
  document: SourceDocument,
): Problem[] {
  return issues
    .flatMap((issue) => tell(issue, [], schema, document.data))
    .map(({ path, at, message, suggestion }) => document.problemAt(path, at, message, suggestion));
}

function tell(issue: Issue, parent: Path, schema: SchemaNode, data: unknown): Told[] {
  const path = [...parent, ...issue.path];
  const value = valueAt(data, path);
  const node = nodesAt(schema, path)[0] ?? {};
  const told = (message: string, suggestion = examplesOf(node)): Told[] => [
    { path, at: 'value', message, ...(suggestion === undefined ? {} : { suggestion }) },
  ];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        at: 'key',
        message: 'unknown key',
        suggestion: unknownKey(key, path, schema),
      }));
    case 'invalid_type':
      return told(mustBe(nounOf(issue.expected), value));
    case 'invalid_value': {
      const values = issue.values.map(String);
      if (value === undefined || value === null)
        return told(mustBe('one word', value), `known: ${values.join(', ')}`);
      return told(`${described(value)} is not known here`, suggestKnown(clipped(value), values));
    }
    case 'too_small':
    case 'too_big':
      return told(outside(issue, value), rangeOf(node));
    case 'invalid_key':
      return [{ path, at: 'key', ...misnamed(path) }];
    case 'invalid_union':
      return tellUnion(issue, path, schema, data);
    case 'custom':
      if (issue.params?.aboutKeys !== true) {
        const offset: unknown = issue.params?.offset;
        const at: Spot = typeof offset === 'number' ? { offset } : 'value';
        return told(issue.message, suggestionIn(issue.params)).map((one) => ({ ...one, at }));
      }
      return told(
        issue.message,
        suggestionIn(issue.params) ?? `give one of ${keysAt(schema, path).join(', ')}`,
      );
    case 'invalid_format':
      return told(`${described(value)} is not allowed here`, node.range ?? examplesOf(node));
    case 'invalid_element':
    case 'not_multiple_of':
      return told(issue.message);
  }
}

function unknownKey(key: string, path: Path, schema: SchemaNode): string {
  const known = keysAt(schema, path);
  const elsewhere = nearest(key, known) === undefined ? whereItBelongs(key, path, schema) : undefined;
  return elsewhere ?? suggestKnown(key, known);
}

/** What may be called as one likes, within limits. */
function misnamed(path: Path): Pick<Told, 'message' | 'suggestion'> {
  const name = `"${clipped(String(path.at(-1)))}"`;
  const above = String(path.at(-2));
  if (above === 'variables') {
    const suggestion = 'begin with a letter; then use letters, digits or _, 40 at most';
    return { message: `${name} cannot be the name of a variable`, suggestion };
  }
  if (path[0] === 'sweep' || path[0] === 'baseline') {
    const suggestion = 'write a path as for --set, for example peers.leechers.count';
    return { message: `${name} is not a path`, suggestion };
  }
  const kinds = { peers: 'group', locations: 'location', profiles: 'profile' } as const;
  const kind = Object.hasOwn(kinds, above) ? kinds[above as keyof typeof kinds] : 'region';
  return {
    message: `${name} cannot be the name of a ${kind}`,
    suggestion:
      'begin with a letter; then use letters, digits, - or _, 40 at most; "tracker", "all" and "rest" are taken',
  };
}

/** Of several ways to write a value, speaks of the one that was tried. */
function tellUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  schema: SchemaNode,
  data: unknown,
): Told[] {
  const value = valueAt(data, path);
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  const tried = issue.errors.filter((errors) => !errors.some((error) => isAboutKind(error, value)));
  const nested = tried.filter((errors) =>
    errors.every((error) => !isMap || error.path.length > 0 || isAboutKeys(error)),
  );
  const branch = nested[0] ?? (tried.length === 1 ? tried[0] : undefined);
  const node = nodesAt(schema, path)[0] ?? {};
  const words = wordsOf(node);
  if (branch !== undefined) {
    const told = branch.flatMap((error) => tell(error, path, schema, data));
    return typeof value === 'string' && words.length > 0 ? told.map((one) => orOneOf(words, one)) : told;
  }
  const suggestion =
    typeof value === 'string' && words.length > 0 && examplesOf(node) === undefined
      ? suggestKnown(value, words)
      : examplesOf(node);
  const message = mustBe('written in another way', value);
  return [{ path, at: 'value', message, ...(suggestion === undefined ? {} : { suggestion }) }];
}

/** What is to be written instead may also be one of these words. */
function orOneOf(words: readonly string[], told: Told): Told {
  const { message, suggestion } = told;
  // One that is made for what was written says what was meant.
  if (suggestion?.startsWith(WRITE) !== true || !suggestion.includes(' such as ')) return told;
  const untold = words.filter((word) => !message.includes(word) && !suggestion.includes(word));
  if (untold.length === 0) return told;
  return { ...told, suggestion: `${WRITE}${untold.join(', ')} or ${suggestion.slice(WRITE.length)}` };
}

/** Whether an alternative of a union fails already by the kind of the value. */
function isAboutKind(error: Issue, value: unknown): boolean {
  if (error.path.length > 0) return false;
  if (error.code === 'invalid_type' || error.code === 'invalid_value') return true;
  if (error.code === 'invalid_union') {
    return error.errors.every((errors) => errors.some((inner) => isAboutKind(inner, value)));
  }
  // A quantity answers to everything; for a map or a list it was not meant.
  return error.code === 'custom' && typeof value === 'object' && !isAboutKeys(error);
}

/** A refinement of a map speaks of its keys: it is not about the kind of the value. */
function isAboutKeys(error: Issue): boolean {
  return error.code === 'unrecognized_keys' || (error.code === 'custom' && error.params?.aboutKeys === true);
}

function suggestionIn(params: Readonly<Record<string, unknown>> | undefined): string | undefined {
  return typeof params?.suggestion === 'string' ? params.suggestion : undefined;
}

function mustBe(what: string, value: unknown): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'has no value';
  return what === 'written in another way'
    ? `${described(value)} is not understood`
    : `must be ${what}, not ${described(value)}`;
}

function outside(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, value: unknown): string {
  const small = issue.code === 'too_small';
  if (issue.origin === 'number' || issue.origin === 'int')
    return `${described(value)} is too ${small ? 'small' : 'large'}`;
  if (!small) return 'is too long';
  return Number(issue.minimum) > 1 ? `has fewer than ${Number(issue.minimum)} items` : 'is empty';
}

function rangeOf(node: SchemaNode): string | undefined {
  const { minimum, exclusiveMinimum, maximum } =
    alternatives(node).find((form) => form.minimum !== undefined || form.exclusiveMinimum !== undefined) ??
    {};
  const low = minimum ?? exclusiveMinimum;
  if (low === undefined || maximum === undefined) return examplesOf(node);
  return `allowed: ${exclusiveMinimum === undefined ? low : `above ${low}`} to ${maximum}`;
}

function examplesOf(node: SchemaNode): string | undefined {
  const own = node.examples ?? alternatives(node).find((form) => form.examples !== undefined)?.examples;
  if (own !== undefined) return `for example ${own.map(asYaml).join(' or ')}`;
  const keys = Object.keys(node.properties ?? {});
  return keys.length === 0 ? undefined : `its keys: ${keys.join(', ')}`;
}

function wordsOf(node: SchemaNode): string[] {
  return alternatives(node).flatMap((form) =>
    (form.enum ?? (form.const === undefined ? [] : [form.const])).map(String),
  );
}

/** In YAML's flow style. */
export function asYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asYaml).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, item]) => `${key}: ${asYaml(item)}`);
    return `{ ${pairs.join(', ')} }`;
  }
  return String(value);
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
};

function nounOf(expected: string): string {
  return NOUNS[expected] ?? expected;
}

function described(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? `"${clipped(value)}"` : clipped(value);
}
