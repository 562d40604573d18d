/**
 * Bundles the current TypeScript source into node_modules/.cache/swarm-lab/<key>/ and returns that folder.
 * The key is made of every source file's path, size and time of change, so a run always executes the current
 * source and an unchanged source costs only the look at the files. See docs/decisions/0002-bundle-at-start.md.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeDigest, writeCodeDigest } from './code-digest.mjs';

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
  const others = [
    fileURLToPath(import.meta.url),
    join(root, 'scripts/code-digest.mjs'),
    join(root, 'scripts/licences.mjs'),
    join(root, 'package-lock.json'),
  ];
  for (const file of [...files, ...others]) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${relative(root, file)}\0${String(mtimeMs)}\0${String(size)}\n`);
  }
  return hash.digest('hex').slice(0, 20);
}

const PROGRAM = /^(src\/cli|bench)\/[^/]+\.ts$/;
const WORKER = /^(src|bench)\/.*worker\.ts$/;
/** The browser's code of the HTML pages, which page-script.ts reads. */
const PAGES = ['page', 'live'];

/** Entry name → source file: of the programs of src/cli and the benchmarks of bench, or of the worker threads. */
function entries(files, pattern) {
  return Object.fromEntries(
    files
      .filter((file) => pattern.test(relative(root, file).split(sep).join('/')))
      .map((file) => [file.split(sep).at(-1).replace(/\.ts$/, ''), file]),
  );
}

function sources() {
  return ['src', 'bench']
    .map((name) => join(root, name))
    .filter(existsSync)
    .flatMap(sourceFiles);
}

/** Of a package: loaded from where npm has put it. What rolldown itself adds to the code is no dependency of ours. */
const isLibrary = (id) => !/^(?:[./\0]|[A-Za-z]:|@oxc-project\/runtime)/.test(id);
/** They load files of their own. */
const isUnbundled = (id) => ['piscina', 'playwright-core'].includes(id);

async function write(folder, input, external, output, platform = 'node') {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input,
    platform,
    external,
    logLevel: 'warn',
  });
  const written = await bundle.write({
    dir: folder,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].mjs',
    ...output,
  });
  await bundle.close();
  return written.output;
}

function removeUnusedBundles(keep) {
  for (const name of readdirSync(cacheRoot)) {
    const folder = join(cacheRoot, name);
    if (name !== keep && Date.now() - statSync(folder).mtimeMs > UNUSED_BUNDLE_MS) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Marks the bundle as in use; in somebody else's checkout that is not ours to do. */
export function keepForLater(folder) {
  try {
    utimesSync(folder, new Date(), new Date());
  } catch (error) {
    if (!['EPERM', 'EACCES', 'EROFS', 'ENOENT'].includes(error.code)) throw error;
  }
}

/** One script with its libraries and their licences in it, as small as it gets: it stands in every page. */
async function writePage(folder, name) {
  const input = { [name]: join(root, `src/sim/page/browser/${name}.ts`) };
  const output = { format: 'iife', minify: true, sourcemap: false };
  const [chunk] = await write(folder, input, [], output, 'browser');
  const file = join(folder, `${name}.js`);
  const { licenceComment } = await import('./licences.mjs');
  writeFileSync(file, `${licenceComment(chunk.moduleIds)}${readFileSync(file, 'utf8')}`);
}

async function bundle(folder, files, programs, external, output) {
  writeCodeDigest(folder, codeDigest(root, files));
  const workers = entries(files, WORKER);
  await Promise.all([
    write(folder, programs, external, { format: 'esm', ...output }),
    // Hundreds of threads load a worker: one file by itself, as CommonJS, takes the least time to load.
    ...Object.entries(workers).map(([name, file]) =>
      write(folder, { [name]: file }, external, { format: 'cjs', codeSplitting: false, ...output }),
    ),
    ...PAGES.map((name) => writePage(folder, name)),
  ]);
}

/** Puts the given programs, and what they start, into a new folder, without source maps: see scripts/pack.mjs. */
export async function buildInto(folder, programs) {
  const files = sources();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const wanted = Object.entries(entries(files, PROGRAM)).filter(([name]) => programs.includes(name));
  // Libraries are installed beside it, each with its licence.
  await bundle(folder, files, Object.fromEntries(wanted), isLibrary, { sourcemap: false });
}

/** Returns the folder that holds `<entry>.js` for each program; bundles first when the source has changed. */
export async function build() {
  const files = sources();
  const key = sourceKey(files);
  const folder = join(cacheRoot, key);
  if (existsSync(folder)) {
    keepForLater(folder);
    return folder;
  }
  const draft = `${folder}.${process.pid}.draft`;
  try {
    mkdirSync(draft, { recursive: true });
    // A library of sixty files takes ten times as long to load as its code in the bundle, of which only what is used is there.
    await bundle(draft, files, entries(files, PROGRAM), isUnbundled, { sourcemap: true });
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another program that was started at the same moment may have put the same bundle there.
    if (!existsSync(folder)) throw error;
  }
  removeUnusedBundles(key);
  return folder;
}
