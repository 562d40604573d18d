import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const read = new Map<string, string>();

/** The browser's code of the pages, which scripts/build.mjs puts beside the programs. Read once. */
export function pageScript(name: 'page' | 'live'): string {
  const known = read.get(name);
  if (known !== undefined) return known;
  const script = readFileSync(join(dirname(fileURLToPath(import.meta.url)), `${name}.js`), 'utf8');
  read.set(name, script);
  return script;
}
