/** The style of the house as a test: what a linter does not look at, or not for every kind of file. */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;

const root = join(import.meta.dirname, '..');
const notOurs = /(^|\/)(node_modules|reports|coverage|__pycache__|\.git|\.cache)(\/|$)/;

interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

function filesBelow(folder: string, extension: RegExp): SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && extension.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !notOurs.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

const code = ['src', 'bench', 'test', 'scripts'].flatMap((folder) => filesBelow(folder, /\.(ts|mjs|py)$/));
const typescript = code.filter(({ path }) => path.endsWith('.ts'));
const source = typescript.filter(({ path }) => path.startsWith('src/') && !path.endsWith('.test.ts'));
/** Suites and what feeds them: a `describe` is as long as its tests. */
const forTests = /^test\/|\.test\.ts$|\/fixture\.ts$/;
const self = relative(root, import.meta.filename)
  .split(sep)
  .join('/');

/** `path:line text` of each line that matches. */
function matches(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files
    .filter(({ path }) => path !== self)
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, at) =>
          pattern.test(line) ? [`${path}:${at + 1} ${line.trim().slice(0, 120)}`] : [],
        ),
    );
}

function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  for (const child of children) yield* nodesOf(child);
}

function parse({ path, text }: SourceFile): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
}

describe('code', () => {
  it(`has no file above ${FILE_LINES_MAX} lines`, () => {
    const long = code
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > FILE_LINES_MAX);
    expect(long).toEqual([]);
  });

  it(`has no function of ${FUNCTION_LINES_MAX} lines or more outside tests`, () => {
    const long = typescript
      .filter(({ path }) => !forTests.test(path))
      .map(parse)
      .flatMap((file) =>
        [...nodesOf(file)].filter(ts.isFunctionLike).flatMap((node) => {
          const line = (position: number) => file.getLineAndCharacterOfPosition(position).line + 1;
          const first = line(node.getStart(file));
          const lines = line(node.end) - first + 1;
          return lines >= FUNCTION_LINES_MAX ? [`${file.fileName}:${first} has ${lines} lines`] : [];
        }),
      );
    expect(long).toEqual([]);
  });

  it('names its files in kebab-case', () => {
    const typescriptNames = typescript.map(({ path }) => basename(path));
    expect(
      typescriptNames.filter(
        (name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.property)?(\.test|\.d)?\.m?ts$/.test(name),
      ),
    ).toEqual([]);
  });

  it('has no test that is skipped, focused or still to be written', () => {
    expect(matches(code, /\b(it|test|describe|suite)\.(skip|only|todo|fails)\b/)).toEqual([]);
  });

  it('silences no rule and postpones nothing', () => {
    const excuses = ['eslint-disable', '@ts-ignore', '@ts-expect-error', '@ts-nocheck', 'prettier-ignore'];
    expect(
      matches(code, new RegExp([...excuses, '\\bTODO\\b', '\\bFIXME\\b', '\\bXXX\\b'].join('|'))),
    ).toEqual([]);
  });

  it('takes time and chance in core from its interfaces alone', () => {
    const core = source.filter(
      ({ path }) => path.startsWith('src/core/') && !path.startsWith('src/core/node/'),
    );
    const world =
      /\bnew Date\b|\bDate\.now\b|\bMath\.random\b|\bprocess\.|\b(setTimeout|setInterval|setImmediate)\(/;
    expect(matches(core, world)).toEqual([]);
  });

  it('has no module that only hands others on', () => {
    expect(matches(source, /^export (\*|\{[^}]*\}|type \{[^}]*\}) from /)).toEqual([]);
  });
});

describe('the repository', () => {
  const papers = [...filesBelow('docs', /\.md$/), ...filesBelow('scenarios', /\.ya?ml$/)];

  it('names no path of one machine', () => {
    const paths = /(?<![\w.])(\/home\/\w|\/root\/|\/Users\/\w|\/work\/|[A-Z]:\\Users)/;
    expect(matches([...code, ...papers], paths)).toEqual([]);
  });

  it('locks its packages by version and checksum, not by where they were fetched', () => {
    const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
    expect(lock).not.toMatch(/https?:\/\/[^"]*\.tgz/);
    expect(lock).toMatch(/"integrity": "sha512-/);
  });

  it('asks no package to run a script at installation', () => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean; optional?: boolean }>;
    };
    const scripted = Object.entries(lock.packages)
      .filter(([, entry]) => entry.hasInstallScript === true && entry.optional !== true)
      .map(([name]) => name);
    expect(scripted).toEqual([]);
  });

  it('begins each scenario with a comment', () => {
    const scenarios = papers.filter(({ path }) => path.startsWith('scenarios/'));
    expect(scenarios.filter(({ text }) => !text.startsWith('#')).map(({ path }) => path)).toEqual([]);
  });
});
