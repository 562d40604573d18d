/** What is generated from the scenario language: the JSON Schema for editors and the reference page. */
import { assertNever } from '../../core/errors.ts';
import { asYaml } from './issues.ts';
import { alternatives, jsonSchemaOf, nodesAt, type SchemaNode } from './json-schema.ts';
import { scenarioSchema } from './schema.ts';
import { durationUnits, frequencyUnits, rateUnits, shareUnits, sizeUnits, type UnitKind } from './units.ts';

/** scenarios/scenario.schema.json. Default and range stand in the descriptions too, since editors show those. */
export function schemaFile(): string {
  const published = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(published);
    if (typeof value !== 'object' || value === null) return value;
    const { range, ...node } = value as Record<string, unknown>;
    delete node.quantity;
    const description =
      typeof node.description === 'string'
        ? { description: describedWith(node.description, range, node.default) }
        : {};
    const entries = Object.entries({ ...node, ...description });
    return Object.fromEntries(entries.map(([key, item]) => [key, published(item)]));
  };
  return JSON.stringify(published(jsonSchemaOf(scenarioSchema)), null, 2);
}

function describedWith(description: string, range: unknown, defaultValue: unknown): string {
  const inRange = range === undefined ? '' : ` Range: ${asYaml(range)}.`;
  const byDefault = defaultValue === undefined ? '' : ` Default: ${asYaml(defaultValue)}.`;
  return `${description}${inRange}${byDefault}`;
}

const INTRODUCTION = `# Scenario reference

This page is generated from the scenario language itself (\`node scripts/scenario-reference.mjs\`).

A scenario is one YAML file. Begin it with \`# yaml-language-server: $schema=./scenario.schema.json\`, and editors
complete and check its keys. Anchors, aliases and merge keys (\`<<\`) of YAML may be used. An unknown key, a wrong unit
or an impossible value is an error that names file, line and column; all mistakes are told at once.

\`--set path=value\` changes a scenario from the command line: \`--set peers.leechers.count=20\`,
\`--set defaults.link.latency=100ms\`. The value is YAML; list items are counted from 0 in the path.

Everything random is drawn from the seed before the run (\`--plan\` shows the result), each property of each peer from
a stream of its own: adding a group, a peer or a key changes nothing that was drawn for others. Only jitter is drawn
during the run. A drawn time above 24 h counts as 24 h, a drawn rate below 1 B/s as 1 B/s.

Somebody must hold every chunk at the start, be it a peer that joins late.
`;

/** docs/scenario-reference.md. */
export function referencePage(): string {
  const root = jsonSchemaOf(scenarioSchema);
  const sections = sectionsOf(root, []);
  const distributions = distributionNode(root);
  return [
    INTRODUCTION,
    unitsSection(),
    ...sections,
    '## Distributions\n',
    'Where a distribution is allowed, exactly one of these stands in place of the value. `weibull` is for sessions only.\n',
    table(
      Object.entries(distributions.properties ?? {}).flatMap(([kind, form]) => distributionRows(kind, form)),
    ),
  ].join('\n');
}

function unitsSection(): string {
  const row = ({ name, units, examples }: UnitKind): string => {
    const spelled = Object.keys(units).map((unit) => `\`${unit}\``);
    return `| ${name} | ${spelled.join(', ')} | ${examples.map((text) => `\`${text}\``).join(', ')} |`;
  };
  const kinds = [durationUnits, rateUnits, sizeUnits, shareUnits, frequencyUnits];
  return `## Units

A number with its unit, a blank between them or not. \`bit\` and \`B\` (8 bit) are kept apart, and so are \`k\`, \`M\`,
\`G\` (powers of 1,000) and \`Ki\`, \`Mi\`, \`Gi\` (powers of 1,024). A number without its unit is an error.

| quantity | units | examples |
| --- | --- | --- |
${kinds.map(row).join('\n')}
`;
}

/** One section for each map of keys, the outer before the inner. */
function sectionsOf(node: SchemaNode, path: readonly string[]): string[] {
  const map = alternatives(node).find((form) => form.properties !== undefined);
  if (map?.properties === undefined || isDistribution(map)) return [];
  const title = path.length === 0 ? 'The file' : `\`${path.join('.')}\``;
  const about = path.length === 0 || node.description === undefined ? '' : `${node.description}\n\n`;
  const own = `## ${title}\n\n${about}${table(Object.entries(map.properties).map(([key, child]) => rowOf(key, child, map.required?.includes(key))))}`;
  const inner = Object.entries(map.properties).flatMap(([key, child]) => {
    const group = child.additionalProperties;
    if (typeof group === 'object') return sectionsOf(group, [...path, key, '<group>']);
    // The keys of defaults are those of a group.
    return path.length === 0 && key === 'defaults' ? [] : sectionsOf(child, [...path, key]);
  });
  return [own, ...inner];
}

type Row = readonly [key: string, meaning: string, value: string, byDefault: string, example: string];

function table(rows: readonly Row[]): string {
  const head = '| key | meaning | value | default | example |\n| --- | --- | --- | --- | --- |';
  return `${[head, ...rows.map((row) => `| ${row.map(escaped).join(' | ')} |`)].join('\n')}\n`;
}

function rowOf(key: string, node: SchemaNode, required = false): Row {
  const byDefault = node.default === undefined ? (required ? 'required' : '') : asYaml(node.default);
  return [`\`${key}\``, node.description ?? '', valueOf(node), byDefault, exampleOf(node)];
}

function distributionRows(kind: string, form: SchemaNode): Row[] {
  const own: Row = [`\`${kind}\``, form.description ?? '', 'map', '', ''];
  const parameters = Object.entries(form.properties ?? {}).map(([key, child]): Row => {
    const [, meaning, value] = rowOf(key, child);
    return [`\`${kind}.${key}\``, meaning, child.quantity === undefined ? value : 'as the key', '', ''];
  });
  return [own, ...parameters];
}

function valueOf(node: SchemaNode): string {
  const kinds = alternatives(node).map(kindOf);
  const kind = [...new Set(kinds.filter((name) => name !== ''))].join(' or ');
  const range = node.range ?? (node.anyOf === undefined ? undefined : alternatives(node)[0]?.range);
  const limits = rangeOf(node);
  const words = [range ?? limits].filter((text) => text !== undefined);
  return [kind, ...words].join(', ');
}

function kindOf(node: SchemaNode): string {
  if (node.enum !== undefined) return node.enum.map((word) => `\`${asYaml(word)}\``).join(' or ');
  if (node.const !== undefined) return `\`${asYaml(node.const)}\``;
  if (node.quantity !== undefined) return node.quantity.replace(/^an? /, '');
  if (isDistribution(node)) return '[distribution](#distributions)';
  switch (node.type) {
    case 'object':
      return 'map';
    case 'array':
      return 'list';
    case 'integer':
      return 'whole number';
    case 'number':
      return 'number';
    case 'boolean':
      return '`true` or `false`';
    case 'string':
      return 'text';
    case undefined:
      return '';
    default:
      return assertNever(node.type as never);
  }
}

function rangeOf({ minimum, exclusiveMinimum, maximum, maxLength }: SchemaNode): string | undefined {
  if (maxLength !== undefined) return `up to ${maxLength} characters`;
  if (maximum === undefined || maximum === Number.MAX_SAFE_INTEGER) return undefined;
  return exclusiveMinimum === undefined
    ? `${minimum ?? 0} to ${maximum}`
    : `above ${exclusiveMinimum}, to ${maximum}`;
}

function exampleOf(node: SchemaNode): string {
  return (node.examples ?? []).map((example) => `\`${asYaml(example)}\``).join(', ');
}

function isDistribution(node: SchemaNode): boolean {
  return node.properties?.lognormal !== undefined;
}

/** The one with all kinds. */
function distributionNode(root: SchemaNode): SchemaNode {
  const path = ['peers', 'group', 'session', 'leave', 'after'];
  return nodesAt(root, path).flatMap(alternatives).find(isDistribution)!;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
