/** `node scripts/make-folders.mjs`: makes folders/folder1 to folder3 from docs/assets/swarm.png by the split program. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, 'folders');
const marker = join(out, '.keep-lists');
const about = readFileSync(marker);
for (const name of readdirSync(out)) rmSync(join(out, name), { recursive: true });

const options = [
  '--chunk-size',
  '26KiB',
  '--peers',
  '3',
  '--overlap',
  '2',
  '--seed',
  '1',
  '--out',
  'folders',
];
const { status } = spawnSync(
  process.execPath,
  [join(await build(), 'split.js'), 'docs/assets/swarm.png', ...options],
  { cwd: root, stdio: 'inherit' },
);
writeFileSync(marker, about);
process.exitCode = status ?? 1;
