/**
 * Writes scenarios/scenario.schema.json and docs/scenario-reference.md from the scenario language's source, and
 * scenarios/README.md from the comments of the scenarios.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const reference = join(root, 'src', 'sim', 'scenario', 'reference');
const bundle = join(root, 'node_modules', '.cache', `scenario-reference-${process.pid}`);

const build = await rolldown({
  input: {
    page: join(reference, 'reference.ts'),
    schema: join(reference, 'json-schema-file.ts'),
    index: join(reference, 'scenario-index.ts'),
  },
  platform: 'node',
  external: /^[^./]/,
});
mkdirSync(bundle, { recursive: true });
await build.write({ dir: bundle, format: 'esm', entryFileNames: '[name].mjs' });
await build.close();
try {
  const { referencePage } = await import(pathToFileURL(join(bundle, 'page.mjs')).href);
  const { schemaFile } = await import(pathToFileURL(join(bundle, 'schema.mjs')).href);
  const { scenarioIndex } = await import(pathToFileURL(join(bundle, 'index.mjs')).href);
  const scenarios = readdirSync(join(root, 'scenarios'), { recursive: true })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => path.endsWith('.yaml'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, 'scenarios', path), 'utf8') }));
  for (const [path, text] of [
    ['scenarios/scenario.schema.json', schemaFile()],
    ['docs/scenario-reference.md', referencePage()],
    ['scenarios/README.md', scenarioIndex(scenarios)],
  ]) {
    const file = join(root, path);
    writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
    console.log(`wrote ${path}`);
  }
} finally {
  rmSync(bundle, { recursive: true, force: true });
}
