/**
 * Draws which folder imports which, into docs/architecture.md:
 *   node scripts/layout.mjs                      writes the drawing
 *   node scripts/layout.mjs --check              ends with 1 where it is not up to date
 *   node scripts/layout.mjs --list [checkout]    prints every folder with all that it imports, and writes nothing
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(here, 'docs', 'architecture.md');
const block = /<!-- layout -->\n[\s\S]*?<!-- \/layout -->/;

/** Tests, and what feeds them, may look anywhere. */
const forTests = /(\.test|(^|\/|-)fixture)\.ts$/;

/** Folders whose own folders are drawn one by one, … */
const open = ['src', 'src/core', 'src/sim', 'src/sim/engines'];
/** … but for these, which are one subject with what stands beside them. */
const together = ['src/core/protocol'];

function sourcesBelow(root) {
  return ['src', 'bench'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true })
      .map((path) => posix.join(top, path.split(sep).join('/')))
      .filter((path) => path.endsWith('.ts') && !forTests.test(path))
      .sort(),
  );
}

/** `src/sim/plan/plan.ts` → `sim/plan`; files that stand in an open folder itself → that folder. */
function folderOf(path) {
  let folder = path.split('/')[0];
  while (open.includes(folder)) {
    const next = path.slice(folder.length + 1).split('/');
    if (next.length === 1 || together.includes(`${folder}/${next[0]}`)) break;
    folder = `${folder}/${next[0]}`;
  }
  return folder.replace(/^src\//, '');
}

/** Each folder with its number of files and the folders that they import, with how many imports. */
function foldersOf(root) {
  const folders = new Map();
  for (const path of sourcesBelow(root)) {
    const name = folderOf(path);
    const folder = folders.get(name) ?? { files: 0, imports: new Map() };
    folders.set(name, folder);
    folder.files++;
    const { importedFiles } = ts.preProcessFile(readFileSync(join(root, path), 'utf8'), true, true);
    for (const { fileName } of importedFiles) {
      if (!fileName.startsWith('.') || !fileName.endsWith('.ts')) continue;
      const target = folderOf(posix.join(posix.dirname(path), fileName));
      if (target !== name) folder.imports.set(target, (folder.imports.get(target) ?? 0) + 1);
    }
  }
  return new Map([...folders].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Without the arrows that longer ways say already. */
function essential(folders) {
  const reaches = (from, to, seen = new Set()) =>
    [...(folders.get(from)?.imports.keys() ?? [])].some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  return [...folders].flatMap(([from, { imports }]) => {
    const targets = [...imports.keys()].sort();
    return targets
      .filter((to) => !targets.some((other) => other !== to && reaches(other, to)))
      .map((to) => [from, to]);
  });
}

function draw(root) {
  const id = (folder) => folder.replaceAll(/[^a-z]/g, '_');
  const folders = foldersOf(root);
  return [
    '```mermaid',
    'graph TD',
    ...[...folders.keys()].map((folder) => `  ${id(folder)}["${folder}"]`),
    ...essential(folders).map(([from, to]) => `  ${id(from)} --> ${id(to)}`),
    '```',
  ].join('\n');
}

function list(root) {
  const folders = foldersOf(root);
  const lines = [...folders].map(([name, { files, imports }]) => {
    const targets = [...imports].sort(([a], [b]) => (a < b ? -1 : 1));
    const words = targets.map(([to, count]) =>
      folders.get(to)?.imports.has(name) === true ? `⇄ ${to} ${count}` : `${to} ${count}`,
    );
    return `${name.padEnd(24)}${String(files).padStart(4)} files  → ${words.join(', ') || 'nothing'}`;
  });
  return `${lines.join('\n')}\n`;
}

const [mode, root = here] = process.argv.slice(2);
if (mode === '--list') {
  process.stdout.write(list(root));
} else {
  const text = readFileSync(page, 'utf8');
  const drawn = text.replace(block, `<!-- layout -->\n\n${draw(here)}\n\n<!-- /layout -->`);
  if (mode !== '--check') writeFileSync(page, drawn);
  else if (drawn !== text) {
    process.stderr.write(
      'docs/architecture.md: the drawing of the layout is stale: node scripts/layout.mjs\n',
    );
    process.exitCode = 1;
  }
}
