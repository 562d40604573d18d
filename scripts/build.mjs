/**
 * Bundles the current TypeScript source into node_modules/.cache/swarm-lab/<key>/ and returns that folder.
 * The key is made of every source file's path, size and time of change, so a run always executes the current
 * source and an unchanged source costs only the look at the files. See docs/decisions/0002-bundle-at-start.md.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cacheRoot = join(root, 'node_modules', '.cache', 'swarm-lab');
const UNUSED_BUNDLE_MS = 24 * 3600 * 1000;

function sourceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function sourceKey(files) {
  const hash = createHash('sha256').update(process.version);
  for (const file of [...files, fileURLToPath(import.meta.url), join(root, 'package-lock.json')]) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${relative(root, file)}\0${String(mtimeMs)}\0${String(size)}\n`);
  }
  return hash.digest('hex').slice(0, 20);
}

/** Entry name → source file: the programs of src/cli, the benchmarks of bench, and the worker threads. */
function entries(files) {
  const isEntry = (file) => {
    const path = relative(root, file).split(sep).join('/');
    return /^(src\/cli|bench)\/[^/]+\.ts$/.test(path) || /^(src|bench)\/.*worker\.ts$/.test(path);
  };
  return Object.fromEntries(
    files.filter(isEntry).map((file) => [file.split(sep).at(-1).replace(/\.ts$/, ''), file]),
  );
}

function removeUnusedBundles(keep) {
  for (const name of readdirSync(cacheRoot)) {
    const folder = join(cacheRoot, name);
    if (name !== keep && Date.now() - statSync(folder).mtimeMs > UNUSED_BUNDLE_MS) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Returns the folder that holds `<entry>.js` for each program; bundles first when the source has changed. */
export async function build() {
  const files = ['src', 'bench']
    .map((name) => join(root, name))
    .filter(existsSync)
    .flatMap(sourceFiles);
  const key = sourceKey(files);
  const folder = join(cacheRoot, key);
  if (existsSync(folder)) {
    utimesSync(folder, new Date(), new Date());
    return folder;
  }
  const { rolldown } = await import('rolldown');
  const draft = `${folder}.${process.pid}.draft`;
  try {
    mkdirSync(draft, { recursive: true });
    const bundle = await rolldown({
      input: entries(files),
      platform: 'node',
      external: (id) => !id.startsWith('.') && !id.startsWith('/') && !/^[A-Za-z]:/.test(id),
      logLevel: 'warn',
    });
    await bundle.write({ dir: draft, format: 'esm', sourcemap: true, entryFileNames: '[name].js' });
    await bundle.close();
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another program that was started at the same moment may have put the same bundle there.
    if (!existsSync(folder)) throw error;
  }
  removeUnusedBundles(key);
  return folder;
}
