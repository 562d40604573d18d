/** Writes scenarios/scenario.schema.json and docs/scenario-reference.md from the scenario language's source. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(root, 'node_modules', '.cache', `scenario-reference-${process.pid}.mjs`);

const build = await rolldown({
  input: join(root, 'src', 'sim', 'scenario', 'reference.ts'),
  platform: 'node',
  external: /^[^./]/,
});
mkdirSync(dirname(bundle), { recursive: true });
await build.write({ file: bundle, format: 'esm' });
await build.close();
try {
  const { referencePage, schemaFile } = await import(pathToFileURL(bundle).href);
  for (const [path, text] of [
    ['scenarios/scenario.schema.json', schemaFile()],
    ['docs/scenario-reference.md', referencePage()],
  ]) {
    const file = join(root, path);
    writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
    console.log(`wrote ${path}`);
  }
} finally {
  rmSync(bundle, { force: true });
}
