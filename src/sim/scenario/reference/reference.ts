/** The reference page of the scenario language, generated from it. */
import { assertNever } from '../../../core/errors.ts';
import { INTRODUCTION, LANGUAGE } from './reference-text.ts';
import { asYaml } from '../language/zod-messages.ts';
import { alternatives, jsonSchemaOf, nodesAt, type SchemaNode } from '../language/json-schema.ts';
import { scenarioSchema } from '../language/schema.ts';
import { unitKinds, type UnitKind } from '../../units/quantities.ts';

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
    'Where a distribution is allowed, exactly one of these stands in place of the value. `weibull` is for times of sessions and faults only.\n',
    table(
      Object.entries(distributions.properties ?? {}).flatMap(([kind, form]) => distributionRows(kind, form)),
    ),
    LANGUAGE,
    '## Ranges of a sweep\n',
    'In place of a list of values, and as many of them:\n',
    rowsOf(sweepRange(root)),
  ].join('\n');
}

function unitsSection(): string {
  const row = ({ name, units, examples }: UnitKind): string => {
    const spelled = Object.keys(units).map((unit) => `\`${unit}\``);
    return `| ${name} | ${spelled.join(', ')} | ${examples.map((text) => `\`${text}\``).join(', ')} |`;
  };
  return `## Units

A number with its unit, a blank between them or not. \`bit\` and \`B\` (8 bit) are kept apart, and so are \`k\`, \`M\`,
\`G\` (powers of 1,000) and \`Ki\`, \`Mi\`, \`Gi\` (powers of 1,024). A number without its unit is an error.

| quantity | units | examples |
| --- | --- | --- |
${unitKinds.map(row).join('\n')}
`;
}

/** One section for each map of keys, the outer before the inner. */
function sectionsOf(node: SchemaNode, path: readonly string[]): string[] {
  const list = alternatives(node).find((form) => form.items !== undefined)?.items;
  const about = node.description === undefined ? {} : { description: node.description };
  if (list !== undefined)
    return sectionsOf({ ...about, ...list }, [...path.slice(0, -1), `${path.at(-1)!}[]`]);
  const maps = alternatives(node).filter((form) => form.properties !== undefined);
  const map = maps.at(-1);
  if (map?.properties === undefined || isDistribution(map)) return [];
  const title = path.length === 0 ? 'The file' : `\`${path.join('.')}\``;
  const words = path.length === 0 || node.description === undefined ? '' : `${node.description}\n\n`;
  const own = `## ${title}\n\n${words}${rowsOf(map)}`;
  const inner = Object.entries(map.properties).flatMap(([key, child]) => {
    // The keys of defaults, and of a location or profile, are those of a group.
    if (path.length === 0 && key === 'defaults') return [];
    const entry = child.additionalProperties;
    if (typeof entry !== 'object') return sectionsOf(child, [...path, key]);
    return key === 'peers' ? sectionsOf(entry, [...path, key, '<group>']) : [];
  });
  return [own, ...inner];
}

type Row = readonly [key: string, meaning: string, value: string, byDefault: string, example: string];

function table(rows: readonly Row[]): string {
  const head = '| key | meaning | value | default | example |\n| --- | --- | --- | --- | --- |';
  return `${[head, ...rows.map((row) => `| ${row.map(escaped).join(' | ')} |`)].join('\n')}\n`;
}

function rowsOf({ properties = {}, required }: SchemaNode): string {
  return table(Object.entries(properties).map(([key, child]) => rowOf(key, child, required?.includes(key))));
}

function rowOf(key: string, node: SchemaNode, required = false): Row {
  const byDefault = node.default === undefined ? (required ? 'required' : 'none') : asYaml(node.default);
  return [`\`${key}\``, node.description ?? '', valueOf(node), byDefault, exampleOf(node)];
}

function distributionRows(kind: string, form: SchemaNode): Row[] {
  const map = alternatives(form).find((one) => one.properties !== undefined);
  const children = Object.entries(map?.properties ?? {});
  const [key, meaning, value, byDefault, example] = rowOf(kind, form);
  const together = Object.fromEntries(children.map(([name, { examples }]) => [name, examples?.[0]]));
  const own: Row = [key, meaning, value, byDefault, example === '' ? `\`${asYaml(together)}\`` : example];
  const parameters = children.map(([name, child]): Row => {
    const [, ...rest] = rowOf(name, child, map?.required?.includes(name));
    if (child.quantity !== undefined) rest[1] = 'as the key, with its range';
    return [`\`${kind}.${name}\``, ...rest];
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

function rangeOf(node: SchemaNode): string | undefined {
  const { minimum, exclusiveMinimum, maximum, maxLength, minItems, maxItems } = node;
  if (maxItems !== undefined) return `${minItems ?? 0} to ${maxItems} items`;
  if (maxLength !== undefined) return `up to ${maxLength} characters`;
  if (maximum === undefined || maximum === Number.MAX_SAFE_INTEGER) return undefined;
  return exclusiveMinimum === undefined
    ? `${minimum ?? 0} to ${maximum}`
    : `above ${exclusiveMinimum}, to ${maximum}`;
}

/** Of words to choose from, the first that is not the default. */
function exampleOf(node: SchemaNode): string {
  const words = alternatives(node).flatMap(
    (form) => form.enum ?? (form.type === 'boolean' ? [true, false] : []),
  );
  const other = words.filter((word) => word !== node.default).slice(0, 1);
  return (node.examples ?? other).map((example) => `\`${asYaml(example)}\``).join(', ');
}

function sweepRange(root: SchemaNode): SchemaNode {
  const forms = nodesAt(root, ['sweep', 'product', 'path']).flatMap(alternatives);
  return forms.find(({ properties }) => properties?.steps !== undefined)!;
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
