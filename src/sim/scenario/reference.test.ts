import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { alternatives, jsonSchemaOf, type SchemaNode } from './json-schema.ts';
import { referencePage } from './reference.ts';
import { schemaFile } from './schema-file.ts';
import { scenarioSchema } from './schema.ts';

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

describe('what is generated from the language', () => {
  test.each([
    ['docs/scenario-reference.md', referencePage],
    ['scenarios/scenario.schema.json', schemaFile],
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
});
