/** `node scripts/launch.mjs <program> [arguments]`: runs a program of src/cli or bench from the current source. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';

process.setSourceMapsEnabled(true);
const [program] = process.argv.splice(2, 1);
const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const known = Object.values(scripts).flatMap((script) => /launch\.mjs (\w+)/.exec(script)?.[1] ?? []);
if (!known.includes(program)) {
  console.error(`There is no program "${program ?? ''}"; there are: ${known.join(', ')}`);
  process.exit(2);
}
const folder = await build().catch((error) => {
  console.error(`The source cannot be bundled into node_modules/.cache: ${error.message}`);
  process.exit(70);
});
await import(pathToFileURL(join(folder, `${program}.js`)).href);
