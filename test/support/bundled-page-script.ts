/** In the place of src/sim/page/page-script.ts: the browser's code from the bundle that the tests share. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';

export function pageScript(): string {
  return readFileSync(join(inject('bundleFolder'), 'page.js'), 'utf8');
}
