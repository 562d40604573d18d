/** `node scripts/launch.mjs <program> [arguments]`: runs a program of src/cli or bench from the current source. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';

process.setSourceMapsEnabled(true);
const [program] = process.argv.splice(2, 1);
await import(pathToFileURL(join(await build(), `${program}.js`)).href);
