/** A YAML text with the command line's overrides applied, which knows the place of every key and value. */
import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
} from 'yaml';
import { applyOverrides, OVERRIDES_FILE, overrideAt } from './overrides.ts';
import type { Problem, Sources } from './problems.ts';

export type Path = readonly PropertyKey[];

export interface SourceDocument {
  readonly file: string;
  readonly sources: Sources;
  /** Plain data; `undefined` when the text is not YAML. */
  readonly data: unknown;
  /** Mistakes of syntax. */
  readonly problems: readonly Problem[];
  /** A problem at the key (`key`) or at the value of a path; where the path does not exist, at its nearest parent. */
  problemAt(path: Path, at: 'key' | 'value', message: string, suggestion?: string): Problem;
}

/** Never throws: what is wrong with the text is told in `problems`. */
export function readDocument(text: string, file: string, sets: readonly string[] = []): SourceDocument {
  const lines = new LineCounter();
  const document: Document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    logLevel: 'silent',
  });
  const at = (offset: number): { readonly line: number; readonly column: number } => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems: Problem[] = [...document.errors, ...document.warnings].map((mistake) => ({
    file,
    ...at(mistake.pos[0]),
    path: '',
    ...saidPlainly(mistake.code, mistake.message),
  }));
  const sources = new Map([
    [file, text],
    [OVERRIDES_FILE, sets.map((set) => set.replaceAll(/[\r\n]/g, ' ')).join('\n')],
  ]);
  for (const { offset, message } of aliasMistakes(document)) {
    problems.push({ file, ...at(offset), path: '', message });
  }
  const broken = problems.length > 0;
  const { applied, problems: overrideProblems } = broken
    ? { applied: [], problems: [] }
    : applyOverrides(document, sets);
  problems.push(...overrideProblems);

  const problemAt: SourceDocument['problemAt'] = (path, what, message, suggestion) => ({
    ...(overrideAt(applied, path) ?? { file, ...at(offsetOf(document, path, what)) }),
    path: path.map(String).join('.'),
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
  const { data, problem } = broken ? {} : plainData(document);
  if (problem !== undefined) problems.push({ file, line: 1, column: 1, path: '', message: problem });
  return { file, sources, data, problems, problemAt };
}

function plainData(document: Document): { readonly data?: unknown; readonly problem?: string } {
  try {
    return { data: document.toJS() };
  } catch (error) {
    return { problem: `cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The library's messages, where a plainer word helps. */
function saidPlainly(code: string, message: string): Pick<Problem, 'message' | 'suggestion'> {
  switch (code) {
    case 'DUPLICATE_KEY':
      return { message: 'this key stands twice in one map', suggestion: 'keep one of the two' };
    case 'TAB_AS_INDENT':
      return { message: 'a tab cannot indent YAML', suggestion: 'use spaces' };
    case 'MULTIPLE_DOCS':
      return { message: 'a second YAML document begins here', suggestion: 'keep one document in a file' };
    case 'TAG_RESOLVE_FAILED':
      return { message: message.replace('Unresolved tag', 'unknown tag'), suggestion: 'remove the tag' };
    default:
      return { message: `not valid YAML: ${message.split('\n')[0]!}` };
  }
}

/** Aliases without an anchor, or inside of what they repeat; and a key that JavaScript keeps for itself. */
function aliasMistakes(document: Document): { readonly offset: number; readonly message: string }[] {
  const mistakes: { offset: number; message: string }[] = [];
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
    Pair(_key, pair) {
      const key = pair.key;
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

/** Follows the path as far as it exists. */
function offsetOf(document: Document, path: Path, what: 'key' | 'value'): number {
  let node = resolved(document, document.contents);
  let offset = rangeStart(document.contents) ?? 0;
  for (const [depth, step] of path.entries()) {
    const isLast = depth === path.length - 1;
    if (isMap(node)) {
      const pair = findPair(document, node, step);
      if (pair === undefined) break;
      const keyOffset = rangeStart(pair.key) ?? offset;
      const wanted = isLast && what === 'value' && isScalar(pair.value) && pair.value.value !== null;
      offset = wanted ? (rangeStart(pair.value) ?? keyOffset) : keyOffset;
      node = resolved(document, pair.value);
    } else if (isSeq(node)) {
      const item = node.items[Number(step)];
      if (item === undefined) break;
      offset = rangeStart(item) ?? offset;
      node = resolved(document, item);
    } else break;
  }
  return offset;
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
    const found = isMap(merged) ? findPair(document, merged, step) : undefined;
    if (found !== undefined) return found;
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
