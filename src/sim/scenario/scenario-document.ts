/** The data of a scenario: its files over each other, the command line over them, variables and tables put in. */
import { readTextFile } from '../../core/node/store/text-file.ts';
import { layerOf, problemIn, type SourceDocument } from './source/source-document.ts';
import { jsonSchemaOf } from './language/json-schema.ts';
import type { Path, Spot } from './source/yaml-source.ts';
import { readLayers, type TextReader } from './source/inheritance.ts';
import { applyOverrides, overrideAt, OVERRIDES_FILE, type Override } from './overrides.ts';
import { copied, isPlainMap, merged, valueAt, without } from './source/plain-data.ts';
import type { Problem } from './source/problems.ts';
import { scenarioSchema } from './language/schema.ts';
import { quantityAt } from './csv/table-quantity.ts';
import { withTables } from './csv/tables.ts';
import { referencesIn, substituted, variableOf, type Report } from './source/variables.ts';

export interface DocumentOptions {
  readonly sets: readonly string[];
  readonly readText?: TextReader;
}

export interface ScenarioDocument extends SourceDocument {
  /** What the command line changed. */
  readonly overrides: readonly Override[];
  /** Names of variables that only thresholds and other keys which judge a run speak of. */
  readonly judging: ReadonlySet<string>;
}

const readUtf8: TextReader = readTextFile;

/** Never throws: what is wrong is told in `problems`. */
export function readScenarioDocument(
  text: string,
  file: string,
  { sets, readText = readUtf8 }: DocumentOptions,
): ScenarioDocument {
  const { layers, problems: layerProblems } = readLayers(text, file, readText);
  const problems: Problem[] = [...layerProblems];
  const sources = new Map([
    ...layers.map((layer) => [layer.file, layer.text] as const),
    [OVERRIDES_FILE, sets.map((set) => set.replaceAll(/[\r\n]/g, ' ')).join('\n')] as const,
  ]);
  const own = layers.at(-1)!;
  const inFiles = problems.length > 0 ? undefined : layers.map(contribution(own.file)).reduce(merged);
  const overrides =
    inFiles === undefined ? { data: undefined, applied: [], problems: [] } : applyOverrides(inFiles, sets);
  problems.push(...overrides.problems);

  const problemAt = (path: Path, spot: Spot, message: string, suggestion?: string): Problem => ({
    ...problemIn(layers, path, spot, message, suggestion),
    ...causeOf(path, overrides),
  });
  const report: Report = (path, message, suggestion, spot = 'value') =>
    problems.push(problemAt(path, spot, message, suggestion));
  let data = overrides.data;
  if (isPlainMap(data)) {
    const declared = isPlainMap(own.data) && isPlainMap(own.data.variables) ? own.data.variables : {};
    // What only the command line left without a use is no slip of the file.
    const used = referencesIn(inFiles);
    const mustBeUsed = (name: string): boolean => Object.hasOwn(declared, name) && !used.has(name);
    data = withTables(substituted(data, mustBeUsed, report), {
      readText,
      // What the command line names is relative to where the program was started.
      fileOf: (path) => (overrideAt(overrides.applied, path) === undefined ? layerOf(layers, path).file : ''),
      quantityOf: (path) => quantityAt(jsonSchemaOf(scenarioSchema), path),
      report,
      reportRow: (problem, table) => {
        sources.set(problem.file, table);
        problems.push(problem);
      },
    });
  }
  const judging = judgingVariables(overrides.data);
  return { file, sources, data, problems, problemAt, overrides: overrides.applied, judging };
}

/** They are no part of what is tried: an arm is not named for them. */
function judgingVariables(data: unknown): ReadonlySet<string> {
  if (!isPlainMap(data)) return new Set();
  const tried = referencesIn(without(data, 'expect', 'abort_on', 'time_limit', 'description'));
  return new Set([...referencesIn(data)].filter((name) => !tried.has(name)));
}

/** The override that gave a wrong value, be it by the variable that stands there; `undefined` when none did. */
function causeOf(
  path: Path,
  { data, applied }: { readonly data: unknown; readonly applied: readonly Override[] },
): ReturnType<typeof overrideAt> {
  let at = path;
  // Variables of variables; more steps than these would be a cycle.
  for (let steps = 0; steps < 100; steps++) {
    const cause = overrideAt(applied, at);
    if (cause !== undefined) return cause;
    const found = referenceOn(data, at);
    if (found === undefined) return undefined;
    at = found;
  }
  return undefined;
}

/** Where the variable is said that stands at a path or above it, as far as the path goes on within its value. */
function referenceOn(data: unknown, path: Path): Path | undefined {
  for (let depth = 1; depth <= path.length; depth++) {
    const name = variableOf(valueAt(data, path.slice(0, depth)));
    if (name !== undefined) return ['variables', name, ...path.slice(depth)];
  }
  return undefined;
}

/** What others stand on is their own affair. */
function contribution(ownFile: string) {
  return ({ file, data }: { readonly file: string; readonly data: unknown }): unknown => {
    if (file === ownFile || !isPlainMap(data)) return copied(data);
    return copied(without(data, 'extends', 'include'));
  };
}
