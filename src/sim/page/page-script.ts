import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The browser's code of the pages, which scripts/build.mjs puts beside the programs. */
export function pageScript(name: 'page' | 'live'): string {
  return readFileSync(join(dirname(fileURLToPath(import.meta.url)), `${name}.js`), 'utf8');
}
