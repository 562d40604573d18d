/** The JSON Schema of the language, and look-ups in it. */
import { z } from 'zod';

export interface SchemaNode {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  /** In words; an addition of ours, as is `quantity`: `a duration`. */
  readonly range?: string;
  readonly quantity?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  /** Of a list that begins in a way of its own. */
  readonly prefixItems?: readonly SchemaNode[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
}

const generated = new WeakMap<z.ZodType, SchemaNode>();

/** The schema of what is written in YAML. Made once for each schema. */
export function jsonSchemaOf(schema: z.ZodType): SchemaNode {
  const node = generated.get(schema) ?? generate(schema);
  generated.set(schema, node);
  return node;
}

function generate(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, {
    io: 'input',
    reused: 'inline',
    override({ jsonSchema }) {
      const node = jsonSchema as Record<string, unknown>;
      if ('writtenDefault' in node) node.default = node.writtenDefault;
      if ('writtenExamples' in node) node.examples = node.writtenExamples;
      delete node.writtenDefault;
      delete node.writtenExamples;
    },
  }) as SchemaNode;
}

/** The alternatives of a node, flattened; just the node when it has none. */
export function alternatives(node: SchemaNode): readonly SchemaNode[] {
  return node.anyOf === undefined ? [node] : node.anyOf.flatMap(alternatives);
}

/** Every node that a path may mean, outermost alternatives included. */
export function nodesAt(root: SchemaNode, path: readonly PropertyKey[]): readonly SchemaNode[] {
  let nodes: readonly SchemaNode[] = [root];
  for (const step of path) nodes = nodes.flatMap(alternatives).flatMap((node) => childOf(node, step));
  return nodes;
}

/** Keys that may stand in the map at a path. */
export function keysAt(root: SchemaNode, path: readonly PropertyKey[]): readonly string[] {
  return nodesAt(root, path)
    .flatMap(alternatives)
    .flatMap((node) => Object.keys(node.properties ?? {}));
}

function childOf(node: SchemaNode, step: PropertyKey): readonly SchemaNode[] {
  const first = typeof step === 'number' ? node.prefixItems?.[step] : undefined;
  if (first !== undefined) return [first];
  if (node.items !== undefined) return [node.items];
  const named = node.properties?.[String(step)];
  if (named !== undefined) return [named];
  return typeof node.additionalProperties === 'object' ? [node.additionalProperties] : [];
}
