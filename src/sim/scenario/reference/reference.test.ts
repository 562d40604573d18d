import { readdirSync, readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { alternatives, jsonSchemaOf, type SchemaNode } from '../language/json-schema.ts';
import { referencePage } from './reference.ts';
import { scenarioIndex } from './scenario-index.ts';
import { schemaFile } from './json-schema-file.ts';
import { scenarioSchema } from '../language/schema.ts';

/** Every key with its node, a distribution's own parameters aside. */
function keysBelow(node: SchemaNode, path: string): [string, SchemaNode][] {
  return alternatives(node).flatMap((form) => {
    const children = Object.entries(form.properties ?? {}).map(
      ([key, child]) => [`${path}.${key}`, child] as const,
    );
    if (typeof form.additionalProperties === 'object')
      children.push([`${path}.*`, form.additionalProperties]);
    return children.flatMap(([at, child]) => [[at, child] as [string, SchemaNode], ...keysBelow(child, at)]);
  });
}

const shipped = readdirSync('scenarios', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yaml'))
  .sort()
  .map((path) => ({ path, text: readFileSync(`scenarios/${path}`, 'utf8') }));

describe('what is generated from the language', () => {
  test.each([
    ['docs/scenario-reference.md', referencePage],
    ['scenarios/scenario.schema.json', schemaFile],
    ['scenarios/README.md', () => scenarioIndex(shipped)],
  ])('%s is up to date (else: node scripts/scenario-reference.mjs)', async (file, generate) => {
    const generated = await format(generate(), { ...(await resolveConfig(file)), filepath: file });
    expect(readFileSync(file, 'utf8')).toBe(generated);
  });

  test('describes every key, and gives each that holds a value an example, or the words to choose from', () => {
    const keys = keysBelow(jsonSchemaOf(scenarioSchema), '');
    const undescribed = keys.filter(([path, node]) => !path.endsWith('.*') && !node.description);
    expect(undescribed.map(([path]) => path)).toEqual([]);
    const unexplained = keys.filter(([path, node]) => {
      const forms = alternatives(node);
      const chosen = forms.some((form) => form.enum !== undefined || form.type === 'boolean');
      const numbers = node.minimum !== undefined || node.exclusiveMinimum !== undefined;
      const map = forms.some(
        (form) => form.properties !== undefined || form.additionalProperties !== undefined,
      );
      return !path.endsWith('.*') && !chosen && !numbers && !map && node.examples === undefined;
    });
    expect(unexplained.map(([path]) => path)).toEqual([]);
  });

  const rows = [...referencePage().matchAll(/^\| `([^`]+)` \| (.*) \| (.*) \| (.*) \| (.*) \|$/gm)].map(
    ([, key, ...cells]) => [key!, ...cells] as const,
  );

  test('has in every row of a key its meaning, value, default and example', () => {
    expect(rows.length).toBeGreaterThan(170);
    expect(rows.map(([key]) => key)).toEqual(
      expect.arrayContaining(['up', 'weibull.shape', 'samples', 'from', 'to', 'steps', 'scale']),
    );
    expect(rows.filter((cells) => cells.some((cell) => (cell ?? '').trim() === ''))).toEqual([]);
  });

  test('says of every number and quantity its range', () => {
    const numbers = rows.filter(([, , value]) =>
      /\b(number|duration|rate|size|share|frequency)\b|as the key/.test(value!),
    );
    expect(numbers.length).toBeGreaterThan(80);
    const open = numbers.filter(([, , value]) => !/\d.* to .*\d|above 0|with its range/.test(value!));
    expect(open).toEqual([]);
  });
});

interface Published {
  readonly type?: string | readonly string[];
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Published[];
  readonly properties?: Readonly<Record<string, Published>>;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Published>>;
}

describe('the schema for editors', () => {
  const root = JSON.parse(schemaFile()) as Published;
  /** What a key of the file is, with its name looked up. */
  const at = (...path: readonly string[]): Published =>
    path.reduce<Published>((node, key) => {
      const child = node.properties![key]!;
      const name = child.$ref?.replace('#/$defs/', '');
      return name === undefined ? child : root.$defs![name]!;
    }, root);

  test('demands content of a scenario that stands by itself, and of no other', () => {
    expect(root.required).toBeUndefined();
    expect(root.anyOf).toEqual([
      { required: ['extends'] },
      { required: ['include'] },
      { required: ['content'], additionalProperties: { not: { type: 'null' } } },
    ]);
  });

  test('lets a key without a value stand, by which a scenario removes what it would take over', () => {
    for (const path of [
      ['faults'],
      ['peers'],
      ['content', 'generate'],
      ['time_limit'],
      ['tracker', 'agreement'],
    ]) {
      const { type, anyOf = [] } = at(...path);
      const types = [type, ...anyOf.map((form) => form.type)].flat();
      expect(types, path.join('.')).toContain('null');
    }
  });

  test('refuses nothing of what must be more than nothing', () => {
    const matches = (text: string, ...path: readonly string[]) => new RegExp(at(...path).pattern!).test(text);
    const size = ['content', 'generate', 'size'];
    expect(['0B', '0.0MiB', '00 kB', '16'].map((text) => matches(text, ...size))).toEqual(
      Array(4).fill(false),
    );
    expect(['1B', '0.5MiB', '10 kB', '.5GB'].map((text) => matches(text, ...size))).toEqual(
      Array(4).fill(true),
    );
    expect(matches('0s', 'time_limit')).toBe(false);
    expect(schemaFile()).not.toContain('"^\\\\d*\\\\.?\\\\d+ ?(bit');
  });
});
