/** What is wrong with a YAML text by itself, before anybody asks what its keys mean. */
import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  visit,
  type Document,
  type Node,
  type YAMLError,
} from 'yaml';
import { colonsInWords } from './syntax/colons.ts';
import { syntaxMistake } from './syntax/syntax-mistake.ts';
import { quoted, type YamlMistake } from './syntax/yaml-mistake.ts';

/** Values that a scenario may have once every alias stands for what it repeats. */
const VALUES_MAX = 1_000_000;

/**
 * In order of their places. After the first mistake of syntax the parser only guesses where it is: what it says of the
 * rest of the text is left out.
 */
export function yamlMistakes(document: Document, text: string): readonly YamlMistake[] {
  const told = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const first = told.find(({ code }) => !UNDERSTOOD.has(code));
  const end = first?.pos[0] ?? Infinity;
  const ofSyntax = told
    .filter((mistake) => mistake === first || mistake.pos[0] < end)
    .map((mistake) => syntaxMistake(mistake, document, text));
  const ofMeaning = [
    ...aliasMistakes(document),
    ...keyMistakes(document),
    ...colonsInWords(document, text),
  ].filter(({ offset }) => offset < end);
  const mistakes = [...ofSyntax, ...ofMeaning];
  return mistakes.length > 0 ? mistakes : overgrown(document);
}

/** Mistakes after which the parser still knows where it is. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  'DUPLICATE_KEY',
  'TAG_RESOLVE_FAILED',
  'MULTIPLE_DOCS',
] satisfies YAMLError['code'][]);

/** Aliases without an anchor, or inside of what they repeat. */
function aliasMistakes(document: Document): readonly YamlMistake[] {
  const mistakes: YamlMistake[] = [];
  visit(document, {
    Alias(_key, alias, ancestors) {
      const target = alias.resolve(document);
      const offset = alias.range?.[0] ?? 0;
      if (target === undefined) {
        const suggestion = `mark a value above with &${alias.source}, or write ${quoted(`*${alias.source}`)} if it is text`;
        mistakes.push({ offset, message: `nothing above is marked &${alias.source}`, suggestion });
      } else if (ancestors.includes(target)) {
        mistakes.push({ offset, message: `*${alias.source} occurs inside the value that it repeats` });
      }
    },
  });
  return mistakes;
}

/** Keys that are no words, one that JavaScript keeps for itself, and `<<` without a map. */
function keyMistakes(document: Document): readonly YamlMistake[] {
  const mistakes: YamlMistake[] = [];
  visit(document, {
    Pair(_key, { key, value }) {
      if (isScalar(key) && key.source === '<<' && key.type === 'PLAIN') {
        const message = 'the key << merges the keys of a map, but this is not a map';
        const suggestion = 'write *name, and &name at a map above';
        if (!isMapOrMaps(document, value))
          mistakes.push({ offset: key.range?.[0] ?? 0, message, suggestion });
      } else if (!isScalar(key)) {
        if (isNode(key))
          mistakes.push({ offset: key.range?.[0] ?? 0, message: 'a key must be a plain word' });
      } else if (key.value === '__proto__') {
        mistakes.push({ offset: key.range?.[0] ?? 0, message: '"__proto__" cannot be a key' });
      }
    },
  });
  return mistakes;
}

/** An alias without an anchor is told by itself. */
function isMapOrMaps(document: Document, value: unknown): boolean {
  if (isAlias(value)) {
    const target = value.resolve(document);
    return target === undefined || isMapOrMaps(document, target);
  }
  return isMap(value) || (isSeq(value) && value.items.every((item) => isMapOrMaps(document, item)));
}

/** The alias with which the text, every alias written out, has more values than anybody means. */
function overgrown(document: Document): readonly YamlMistake[] {
  const sizes = new Map<unknown, number>();
  let total = 0;
  let culprit: YamlMistake | undefined;
  const sizeOf = (node: unknown): number => {
    const known = sizes.get(node);
    if (known !== undefined) return known;
    const size = isPair(node)
      ? sizeOf(node.value)
      : isAlias(node)
        ? sizeOf(node.resolve(document))
        : 1 + itemsOf(node).reduce<number>((sum, item) => sum + sizeOf(item), 0);
    sizes.set(node, size);
    return size;
  };
  visit(document, {
    Alias(_key, alias) {
      total += sizeOf(alias);
      if (total <= VALUES_MAX) return undefined;
      culprit = {
        offset: alias.range?.[0] ?? 0,
        message: `with *${alias.source} the aliases repeat more than ${VALUES_MAX} values`,
        suggestion: 'repeat less, or use count for equal peers',
      };
      return visit.BREAK;
    },
  });
  return culprit === undefined ? [] : [culprit];
}

function itemsOf(node: unknown): readonly unknown[] {
  return isNode(node) && 'items' in node ? (node as Node & { readonly items: readonly unknown[] }).items : [];
}
