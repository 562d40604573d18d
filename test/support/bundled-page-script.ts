/** In the place of src/sim/page/page-script.ts: the browser's code from the bundle that the tests share. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';

export function pageScript(name: 'page' | 'live'): string {
  return readFileSync(join(inject('bundleFolder'), `${name}.js`), 'utf8');
}
