/** `--set path=value`: changes of a scenario from the command line, made on the YAML before it is validated. */
import { isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml';
import { suggestKnown } from './nearest.ts';
import type { Problem } from './problems.ts';

/** How problems name what came from the command line. */
export const OVERRIDES_FILE = '--set';

export interface Override {
  readonly path: readonly string[];
  /** Its position on the command line, from 1. */
  readonly line: number;
}

export interface AppliedOverrides {
  readonly applied: readonly Override[];
  readonly problems: readonly Problem[];
}

/**
 * Writes each `path=value` into the document. Paths are dotted (`peers.leechers.count`, `content.folders.0`),
 * values are YAML. A key that does not exist yet is added and left to validation; a group of peers must exist,
 * since a misspelt one would otherwise become a new group.
 */
export function applyOverrides(document: Document, sets: readonly string[]): AppliedOverrides {
  const applied: Override[] = [];
  const problems: Problem[] = [];
  for (const [index, set] of sets.entries()) {
    const line = index + 1;
    const problem = (path: string, message: string, suggestion?: string, column = 1): void => {
      const fix = suggestion === undefined ? {} : { suggestion };
      problems.push({ file: OVERRIDES_FILE, line, column, path, message, ...fix });
    };
    const equals = set.indexOf('=');
    const written = set.slice(0, Math.max(0, equals)).trim();
    const path = written.split('.');
    if (equals < 1 || path.includes('')) {
      problem('', `"${set}" is not path=value`, 'write for example peers.leechers.count=20');
      continue;
    }
    if (path.includes('__proto__') || path.includes('<<')) {
      problem(written, 'this key cannot be set');
      continue;
    }
    const value = parseDocument(set.slice(equals + 1), { prettyErrors: false, logLevel: 'silent' });
    const mistake = value.errors[0] ?? value.warnings[0];
    if (mistake !== undefined || containsAlias(value)) {
      const reason = mistake?.message.split('\n')[0] ?? 'an alias has no meaning here';
      problem(written, `the value is not valid YAML: ${reason}`, undefined, equals + 2);
      continue;
    }
    const obstacle = obstacleTo(document, path, isMap(value.contents));
    if (obstacle !== undefined) {
      problem(written, obstacle.message, obstacle.suggestion);
      continue;
    }
    try {
      document.setIn(keysOf(document, path), document.createNode(value.toJS()));
      applied.push({ path, line });
    } catch {
      problem(written, 'cannot be set: it is repeated from elsewhere by an alias', 'change the file');
    }
  }
  return { applied, problems };
}

/** The place of a problem that an override caused; `undefined` when none of them did. */
export function overrideAt(
  applied: readonly Override[],
  path: readonly PropertyKey[],
): Pick<Problem, 'file' | 'line' | 'column'> | undefined {
  const cause = applied.findLast((override) =>
    override.path.every((step, depth) => step === String(path[depth])),
  );
  return cause && { file: OVERRIDES_FILE, line: cause.line, column: 1 };
}

function containsAlias(value: Document.Parsed): boolean {
  try {
    value.toJS();
    return false;
  } catch {
    return true;
  }
}

/** Why the path cannot be written to. */
function obstacleTo(
  document: Document,
  path: readonly string[],
  valueIsMap: boolean,
): { readonly message: string; readonly suggestion?: string } | undefined {
  if (document.contents !== null && !isMap(document.contents))
    return { message: 'the file is not a map of keys' };
  for (let depth = 1; depth < path.length; depth++) {
    const parent = document.getIn(path.slice(0, depth), true);
    const name = path.slice(0, depth).join('.');
    const isNewGroup = path[0] === 'peers' && depth === 1 && path.length === 2 && valueIsMap;
    if (isMap(parent)) {
      if (path[0] !== 'peers' || depth !== 1 || isNewGroup || parent.has(path[1]!)) continue;
      const groups = parent.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));
      return {
        message: `there is no group "${path[1]!}"`,
        suggestion: suggestKnown(path[1]!, groups, 'groups'),
      };
    }
    if (isSeq(parent)) {
      const index = Number(path[depth]);
      if (Number.isInteger(index) && index >= 0 && index < parent.items.length) continue;
      return { message: `${name} is a list of ${parent.items.length}`, suggestion: 'count its items from 0' };
    }
    if (parent === undefined || (isScalar(parent) && parent.value === null)) {
      if (path[0] !== 'peers' || depth > 1 || path.length === 2) return undefined;
      return { message: `there is no group "${path[1]!}"`, suggestion: 'use defaults.… for all peers' };
    }
    return { message: `${name} has no keys of its own`, suggestion: `set ${name} as a whole` };
  }
  return undefined;
}

/** Keys as they stand in the file: one that looks like a number may be one there. */
function keysOf(document: Document, path: readonly string[]): unknown[] {
  const keys: unknown[] = [];
  for (const step of path) {
    const parent = keys.length === 0 ? document.contents : document.getIn(keys, true);
    if (keys.length > 0 && isScalar(parent) && parent.value === null) document.deleteIn(keys);
    const own = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === step)?.key
      : undefined;
    keys.push(isScalar(own) ? own.value : isSeq(parent) ? Number(step) : step);
  }
  return keys;
}
