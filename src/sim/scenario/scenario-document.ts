/** The data of a scenario: its files over each other, the command line over them, variables and tables put in. */
import { readFileSync } from 'node:fs';
import { layerOf, problemIn, type SourceDocument } from './document.ts';
import { jsonSchemaOf } from './json-schema.ts';
import type { Path, Spot } from './layer.ts';
import { readLayers, type TextReader } from './layers.ts';
import { applyOverrides, overrideAt, OVERRIDES_FILE } from './overrides.ts';
import { copied, isPlainMap, merged, without } from './plain-data.ts';
import type { Problem } from './problems.ts';
import { scenarioSchema } from './schema.ts';
import { quantityAt } from './tables-quantity.ts';
import { withTables } from './tables.ts';
import { substituted, type Report } from './variables.ts';

export interface DocumentOptions {
  readonly sets: readonly string[];
  readonly readText?: TextReader;
}

const readUtf8: TextReader = (path) => readFileSync(path, 'utf8');

/** Never throws: what is wrong is told in `problems`. */
export function readScenarioDocument(
  text: string,
  file: string,
  { sets, readText = readUtf8 }: DocumentOptions,
): SourceDocument {
  const { layers, problems: layerProblems } = readLayers(text, file, readText);
  const problems: Problem[] = [...layerProblems];
  const sources = new Map([
    ...layers.map((layer) => [layer.file, layer.text] as const),
    [OVERRIDES_FILE, sets.map((set) => set.replaceAll(/[\r\n]/g, ' ')).join('\n')] as const,
  ]);
  const own = layers.at(-1)!;
  const overrides =
    problems.length > 0
      ? { data: undefined, applied: [], problems: [] }
      : applyOverrides(layers.map(contribution(own.file)).reduce(merged), sets);
  problems.push(...overrides.problems);

  const problemAt = (path: Path, spot: Spot, message: string, suggestion?: string): Problem => ({
    ...problemIn(layers, path, spot, message, suggestion),
    ...overrideAt(overrides.applied, path),
  });
  const report: Report = (path, message, suggestion, spot = 'value') =>
    problems.push(problemAt(path, spot, message, suggestion));
  let data = overrides.data;
  if (isPlainMap(data)) {
    const declared = isPlainMap(own.data) && isPlainMap(own.data.variables) ? own.data.variables : {};
    data = withTables(
      substituted(data, (name) => Object.hasOwn(declared, name), report),
      {
        readText,
        // What the command line names is relative to where the program was started.
        fileOf: (path) =>
          overrideAt(overrides.applied, path) === undefined ? layerOf(layers, path).file : '',
        quantityOf: (path) => quantityAt(jsonSchemaOf(scenarioSchema), path),
        report,
        reportRow: (problem, table) => {
          sources.set(problem.file, table);
          problems.push(problem);
        },
      },
    );
  }
  return { file, sources, data, problems, problemAt };
}

/** What others stand on is their own affair. */
function contribution(ownFile: string) {
  return ({ file, data }: { readonly file: string; readonly data: unknown }): unknown => {
    if (file === ownFile || !isPlainMap(data)) return copied(data);
    return copied(without(data, 'extends', 'include'));
  };
}
