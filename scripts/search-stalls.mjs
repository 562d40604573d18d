/**
 * Searches random small scenarios for runs that stall, in virtual time:
 *   node scripts/search-stalls.mjs --from 0 --count 20000
 * Prints each scenario that does, and exits with 1 when there is one.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: { from: { type: 'string', default: '0' }, count: { type: 'string', default: '1000' } },
});
const [from, count] = [Number(values.from), Number(values.count)];
if (!Number.isInteger(from) || !Number.isInteger(count) || from < 0 || count < 1) {
  console.error('usage: node scripts/search-stalls.mjs [--from <seed>] [--count <seeds>]');
  process.exit(2);
}
const folder = join(root, 'node_modules', '.cache', `search-stalls-${process.pid}`);
mkdirSync(folder, { recursive: true });
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const bundle = await rolldown({
  input: join(root, 'test', 'seam', 'search-stalls.ts'),
  platform: 'node',
  external: (id) => !id.startsWith('.') && !id.startsWith('/'),
  logLevel: 'warn',
});
await bundle.write({ dir: folder, entryFileNames: 'search-stalls.mjs' });
await bundle.close();
const { search } = await import(pathToFileURL(join(folder, 'search-stalls.mjs')).href);
const failed = search(from, count, (line) => console.log(line));
console.log(`${count} seeds from ${from}: ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
