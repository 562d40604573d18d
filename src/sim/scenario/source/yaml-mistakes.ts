/** What is wrong with a YAML text by itself, before anybody asks what its keys mean. */
import { isAlias, isNode, isPair, isScalar, visit, type Document, type Node, type YAMLError } from 'yaml';

/** A mistake at a position in the text. */
export interface YamlMistake {
  readonly offset: number;
  readonly message: string;
  readonly suggestion?: string;
}

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
    .map((mistake) => saidPlainly(mistake, text));
  const ofMeaning = [...aliasMistakes(document), ...keyMistakes(document)].filter(
    ({ offset }) => offset < end,
  );
  const mistakes = [...ofSyntax, ...ofMeaning];
  return mistakes.length > 0 ? mistakes : overgrown(document);
}

/** Mistakes after which the parser still knows where it is. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  'DUPLICATE_KEY',
  'TAG_RESOLVE_FAILED',
  'MULTIPLE_DOCS',
] satisfies YAMLError['code'][]);

/** The library's messages, where a plainer word helps. */
function saidPlainly({ code, message, pos }: YAMLError, text: string): YamlMistake {
  const [offset] = pos;
  const variable = unquotedVariable(text, offset);
  if (variable !== undefined) {
    return {
      offset: variable.offset,
      message: `${variable.word} needs quotes inside of { } and [ ]`,
      suggestion: `write "${variable.word}"`,
    };
  }
  switch (code as string) {
    case 'DUPLICATE_KEY':
      return { offset, message: 'this key stands twice in one map', suggestion: 'keep one of the two' };
    case 'TAB_AS_INDENT':
      return { offset, message: 'a tab cannot indent YAML', suggestion: 'use spaces' };
    case 'MULTIPLE_DOCS':
      return {
        offset,
        message: 'a second YAML document begins here',
        suggestion: 'keep one document in a file',
      };
    case 'TAG_RESOLVE_FAILED':
      return {
        offset,
        message: message.replace('Unresolved tag', 'unknown tag'),
        suggestion: 'remove the tag',
      };
    default:
      return { offset, message: `not valid YAML: ${message.split('\n')[0]!}` };
  }
}

/** A word with `${name}` in it, of which the parser stumbled over the brace: `{ up: ${up} }` opens a map there. */
export function unquotedVariable(
  text: string,
  offset: number,
): { readonly word: string; readonly offset: number } | undefined {
  if (text.slice(offset - 1, offset + 1) !== '${') return undefined;
  const before = /[^\s,:[\]{}"']*$/.exec(text.slice(0, offset))![0];
  const after = /^\{[^{}\n]*\}(?:[^\s,[\]{}"']|\{[^{}\n]*\})*/.exec(text.slice(offset))?.[0];
  return after === undefined ? undefined : { word: before + after, offset: offset - before.length };
}

/** Aliases without an anchor, or inside of what they repeat. */
function aliasMistakes(document: Document): readonly YamlMistake[] {
  const mistakes: YamlMistake[] = [];
  visit(document, {
    Alias(_key, alias, ancestors) {
      const target = alias.resolve(document);
      const offset = alias.range?.[0] ?? 0;
      if (target === undefined) {
        mistakes.push({ offset, message: `nothing above is marked &${alias.source}` });
      } else if (ancestors.includes(target)) {
        mistakes.push({ offset, message: `*${alias.source} stands inside of what it repeats` });
      }
    },
  });
  return mistakes;
}

/** Keys that are no words, and one that JavaScript keeps for itself. */
function keyMistakes(document: Document): readonly YamlMistake[] {
  const mistakes: YamlMistake[] = [];
  visit(document, {
    Pair(_key, { key }) {
      if (!isScalar(key)) {
        if (isNode(key))
          mistakes.push({ offset: key.range?.[0] ?? 0, message: 'a key must be a plain word' });
      } else if (key.value === '__proto__') {
        mistakes.push({ offset: key.range?.[0] ?? 0, message: '"__proto__" cannot be a key' });
      }
    },
  });
  return mistakes;
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
        suggestion: 'repeat less, or use count for peers that are alike',
      };
      return visit.BREAK;
    },
  });
  return culprit === undefined ? [] : [culprit];
}

function itemsOf(node: unknown): readonly unknown[] {
  return isNode(node) && 'items' in node ? (node as Node & { readonly items: readonly unknown[] }).items : [];
}
