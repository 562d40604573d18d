/** One YAML text, which knows the place of every key and value. */
import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type Pair,
} from 'yaml';
import type { Problem } from './problems.ts';
import { yamlMistakes } from './yaml-mistakes.ts';

export type Path = readonly PropertyKey[];

/** Where in a value a mistake stands: at its key, or so many characters into the value. */
export type Spot = 'key' | 'value' | { readonly offset: number };

export interface Layer {
  readonly file: string;
  readonly text: string;
  /** Plain data; `undefined` when the text is not YAML. */
  readonly data: unknown;
  /** Mistakes of syntax. */
  readonly problems: readonly Problem[];
  /** How many steps of the path exist here. */
  depthOf(path: Path): number;
  /** The place of a path; where it does not exist, of its nearest parent. */
  placeOf(path: Path, spot: Spot): Pick<Problem, 'file' | 'line' | 'column'>;
}

/** Never throws: what is wrong with the text is told in `problems`. */
export function readLayer(text: string, file: string): Layer {
  const document: Document = parseDocument(text, {
    prettyErrors: false,
    merge: true,
    // Nothing is logged either way; but "silent" would also keep back that a second document begins.
    logLevel: 'error',
  });
  const at = (offset: number): Pick<Problem, 'file' | 'line' | 'column'> => {
    // Not by the library's LineCounter: it misses lines of texts that are far from YAML.
    const before = text.slice(0, offset).split('\n');
    return { file, line: before.length, column: before.at(-1)!.length + 1 };
  };
  const problems: Problem[] = yamlMistakes(document, text).map(({ offset, ...said }) => ({
    ...at(offset),
    path: '',
    ...said,
  }));
  const { data, problem } = problems.length > 0 ? {} : plainData(document);
  if (problem !== undefined) problems.push({ file, line: 1, column: 1, path: '', message: problem });
  return {
    file,
    text,
    data,
    problems,
    depthOf: (path) => locate(document, path, 'value').depth,
    placeOf: (path, spot) => at(locate(document, path, spot).offset),
  };
}

function plainData(document: Document): { readonly data?: unknown; readonly problem?: string } {
  try {
    // The aliases have been counted already.
    return { data: document.toJS({ maxAliasCount: -1 }) };
  } catch (error) {
    return { problem: `cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Follows the path as far as it exists. */
function locate(
  document: Document,
  path: Path,
  spot: Spot,
): { readonly offset: number; readonly depth: number } {
  let node = resolved(document, document.contents);
  let offset = rangeStart(document.contents) ?? 0;
  let depth = 0;
  for (const step of path) {
    const isLast = depth === path.length - 1;
    if (isMap(node)) {
      const pair = findPair(document, node, step);
      if (pair === undefined) break;
      const keyOffset = rangeStart(pair.key) ?? offset;
      node = resolved(document, pair.value);
      const wanted = isLast && spot !== 'key' && isScalar(pair.value) && pair.value.value !== null;
      offset = wanted ? (rangeStart(pair.value) ?? keyOffset) : keyOffset;
    } else if (isSeq(node)) {
      const item = node.items[Number(step)];
      if (item === undefined) break;
      offset = rangeStart(item) ?? offset;
      node = resolved(document, item);
    } else break;
    depth++;
  }
  const within = depth === path.length && typeof spot === 'object' ? offsetWithin(node, spot.offset) : 0;
  return { offset: offset + within, depth };
}

/** Characters of a text on one line stand in the file as they are; only quotes come before them. */
function offsetWithin(node: Node | undefined, offset: number): number {
  if (!isScalar(node)) return 0;
  if (node.type === 'PLAIN') return offset;
  return node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? offset + 1 : 0;
}

function findPair(
  document: Document,
  map: { readonly items: readonly Pair[] },
  step: PropertyKey,
): Pair | undefined {
  const own = map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(step));
  if (own !== undefined) return own;
  for (const pair of map.items) {
    if (!isScalar(pair.key) || pair.key.value !== '<<') continue;
    const merged = resolved(document, pair.value);
    for (const source of isSeq(merged) ? merged.items : [merged]) {
      const map = resolved(document, source);
      const found = isMap(map) ? findPair(document, map, step) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function resolved(document: Document, node: unknown): Node | undefined {
  if (isAlias(node)) return node.resolve(document);
  return isNode(node) ? node : undefined;
}

function rangeStart(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : isPair(node) ? rangeStart(node.key) : undefined;
}
