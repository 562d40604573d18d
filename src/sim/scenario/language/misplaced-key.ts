/** For a key that is not known where it stands, but in a map inside that one or around it. */
import { alternatives, nodesAt, type SchemaNode } from './json-schema.ts';

/** How many maps further in a key is looked for. */
const INWARD_MAX = 2;

/** What to do with the key at the path; `undefined` when no map inside or around knows it. */
export function whereItBelongs(key: string, path: readonly PropertyKey[], schema: SchemaNode) {
  if (path.length === 0 && key === 'name') return 'leave it out: a scenario has the name of its file';
  return inward(key, path, schema) ?? outward(key, path, schema);
}

function inward(key: string, path: readonly PropertyKey[], schema: SchemaNode): string | undefined {
  let maps: { readonly keys: readonly string[]; readonly nodes: readonly SchemaNode[] }[] = [
    { keys: [], nodes: nodesAt(schema, path) },
  ];
  for (let depth = 0; depth < INWARD_MAX; depth += 1) {
    maps = maps.flatMap(({ keys, nodes }) =>
      nodes
        .flatMap(alternatives)
        .flatMap((node) => Object.entries(node.properties ?? {}))
        .map(([name, node]) => ({ keys: [...keys, name], nodes: [node] })),
    );
    const found = maps.find(({ nodes }) =>
      nodes.flatMap(alternatives).some((node) => Object.hasOwn(node.properties ?? {}, key)),
    );
    if (found !== undefined) {
      const written = found.keys.reduceRight((inner, name) => `${name}: { ${inner} }`, `${key}: …`);
      return `write ${written}`;
    }
  }
  return undefined;
}

function outward(key: string, path: readonly PropertyKey[], schema: SchemaNode): string | undefined {
  for (let length = path.length - 1; length >= 0; length -= 1) {
    const above = path.slice(0, length);
    const beside = String(path[length]);
    // Of several ways to write the map, the one that was chosen must know the key.
    const knows = nodesAt(schema, above)
      .flatMap(alternatives)
      .some(({ properties = {} }) => Object.hasOwn(properties, key) && Object.hasOwn(properties, beside));
    if (knows) return length === 0 ? 'move it to the top of the scenario' : `move it into ${above.join('.')}`;
  }
  return undefined;
}
