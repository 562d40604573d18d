/** scenarios/scenario.schema.json: the JSON Schema for editors. */
import { asYaml } from '../language/zod-messages.ts';
import { jsonSchemaOf } from '../language/json-schema.ts';
import { isPlainMap, without, type PlainMap } from '../source/plain-data.ts';
import { scenarioSchema } from '../language/schema.ts';

/** Smaller parts are not worth a name. */
const SHARED_CHARS_MIN = 250;
/** `${name}`, as the value or in it. */
const VARIABLE = { type: 'string', pattern: '\\$\\{' };

/**
 * Default and range stand in the descriptions too, since editors show those. A variable may stand for any value, and a
 * key may have none, to remove what the files below say. What occurs several times stands once, in `$defs`.
 */
export function schemaFile(): string {
  const root = published(jsonSchemaOf(scenarioSchema)) as PlainMap;
  const whole = { ...without(root, 'required'), anyOf: [...ON_OTHERS, BY_ITSELF] };
  return JSON.stringify(sharing(whole), null, 2);
}

/** Over other files, a scenario need not have any key. */
const ON_OTHERS = [{ required: ['extends'] }, { required: ['include'] }];
/** By itself it has content, and nothing to remove. */
const BY_ITSELF = { required: ['content'], additionalProperties: { not: { type: 'null' } } };

function published(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(published);
  if (!isPlainMap(value)) return value;
  const { range, ...node } = without(value, 'quantity');
  const description =
    typeof node.description === 'string'
      ? { description: describedWith(node.description, range, node.default) }
      : {};
  const entries = Object.entries({ ...node, ...description }).map(([key, item]): [string, unknown] => [
    key,
    // What stands here is no schema.
    key === 'examples' || key === 'default' || key === 'enum' ? item : publishedBelow(key, item),
  ]);
  return withVariable(Object.fromEntries(entries));
}

function publishedBelow(key: string, item: unknown): unknown {
  if (key === 'additionalProperties') return removable(published(item));
  if (key !== 'properties' || !isPlainMap(item)) return published(item);
  return Object.fromEntries(Object.entries(item).map(([name, node]) => [name, removable(published(node))]));
}

/** What stands at a key, or nothing. */
function removable(node: unknown): unknown {
  if (!isPlainMap(node)) return node;
  if (Array.isArray(node.anyOf)) return { ...node, anyOf: [...(node.anyOf as unknown[]), { type: 'null' }] };
  return node.type === undefined ? node : { ...node, type: [node.type, 'null'] };
}

/** A schema node that a variable may stand for, too. */
function withVariable(node: PlainMap): PlainMap {
  if (typeof node.pattern === 'string' && node.type === 'string')
    return { ...node, pattern: `${node.pattern}|${VARIABLE.pattern}` };
  const isNumber = node.type === 'integer' || node.type === 'number' || node.type === 'boolean';
  if (!isNumber && !(node.type === 'string' && Array.isArray(node.enum))) return node;
  const { description, default: byDefault, examples, ...rest } = node;
  const about = Object.fromEntries(
    Object.entries({ description, default: byDefault, examples }).filter(([, item]) => item !== undefined),
  );
  return { ...about, anyOf: [rest, VARIABLE] };
}

function describedWith(description: string, range: unknown, defaultValue: unknown): string {
  const inRange = range === undefined ? '' : ` Range: ${asYaml(range)}.`;
  const byDefault = defaultValue === undefined ? '' : ` Default: ${asYaml(defaultValue)}.`;
  return `${description}${inRange}${byDefault}`;
}

/** What a value in a JSON Schema is: a schema, a map of them by key, or neither. */
type Place = 'schema' | 'schemas' | 'data';

function placeBelow(key: string, place: Place): Place {
  if (place !== 'schema') return place === 'schemas' ? 'schema' : 'data';
  if (key === 'properties') return 'schemas';
  return ['anyOf', 'items', 'additionalProperties', 'propertyNames'].includes(key) ? 'schema' : 'data';
}

interface Part {
  uses: number;
  /** At which it first stands. */
  readonly key: string;
  readonly node: PlainMap;
}

/** The same schema with its repeated parts by name, each called after the key at which it first stands. */
function sharing(root: PlainMap): unknown {
  const parts = new Map<string, Part>();
  countParts(root, 'scenario', 'schema', parts);
  const names = new Map<string, string>();
  for (const [text, { uses, key }] of parts) {
    if (uses < 2 || text.length < SHARED_CHARS_MIN) continue;
    const taken = [...names.values()].filter((name) => name.replace(/-\d+$/, '') === key).length;
    names.set(text, taken === 0 ? key : `${key}-${taken + 1}`);
  }
  const definitions = [...names].map(([text, name]): [string, unknown] => [
    name,
    withNames(parts.get(text)!.node, 'schema', names, true),
  ]);
  return { ...(withNames(root, 'schema', names, true) as PlainMap), $defs: Object.fromEntries(definitions) };
}

/** Parts of a part that is known are not counted again: its name stands for them. */
function countParts(node: unknown, key: string, place: Place, parts: Map<string, Part>): void {
  if (Array.isArray(node)) for (const item of node as unknown[]) countParts(item, key, place, parts);
  if (!isPlainMap(node) || place === 'data') return;
  if (place === 'schema') {
    const text = JSON.stringify(node);
    const known = parts.get(text);
    if (known !== undefined) {
      known.uses++;
      return;
    }
    parts.set(text, { uses: 1, key, node });
  }
  for (const [name, item] of Object.entries(node))
    countParts(item, place === 'schemas' ? name : key, placeBelow(name, place), parts);
}

function withNames(
  node: unknown,
  place: Place,
  names: ReadonlyMap<string, string>,
  isDefinition = false,
): unknown {
  if (Array.isArray(node)) return node.map((item: unknown) => withNames(item, place, names));
  if (!isPlainMap(node) || place === 'data') return node;
  const name = place === 'schema' && !isDefinition ? names.get(JSON.stringify(node)) : undefined;
  if (name !== undefined) return { $ref: `#/$defs/${name}` };
  const entries = Object.entries(node).map(([key, item]): [string, unknown] => [
    key,
    withNames(item, placeBelow(key, place), names),
  ]);
  return Object.fromEntries(entries);
}
