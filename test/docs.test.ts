/** What the papers say and a machine can check. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../src/cli/program/exit-codes.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const papers = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'scenarios/README.md'],
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path)),
];

const sources = ['src', 'bench', 'test', 'scripts'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
    join(folder, path).split(sep).join('/'),
  ),
);

it('docs/architecture.md draws the layout as it is (else: node scripts/layout.mjs)', () => {
  const script = join(root, 'scripts', 'layout.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

/** The pages that a page links to, as paths from the root. */
function linkedFrom(paper: string): string[] {
  const links = [...read(paper).matchAll(/\]\(([^)\s#]+)/g)].map((match) => match[1]!);
  return links
    .filter((link) => !/^[a-z]+:/.test(link) && link.endsWith('.md'))
    .map((link) => join(dirname(paper), link));
}

it('every page is reached from the README within two clicks', () => {
  const first = linkedFrom('README.md');
  const reached = new Set(['README.md', ...first, ...first.flatMap(linkedFrom)]);
  expect(papers.filter((paper) => !reached.has(paper))).toEqual([]);
});

/** As GitHub makes anchors of headings. */
function anchorsOf(paper: string): Set<string> {
  const headings = [...read(paper).matchAll(/^#+ (.*)$/gm)].map((match) => match[1]!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-'),
    ),
  );
}

describe('docs/errors.md', () => {
  const errors = read('docs/errors.md');

  it('explains every error code', () => {
    const union = /export type ErrorCode =([^;]*);/.exec(read('src/core/errors.ts'))?.[1] ?? '';
    const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map((match) => match[1]!);
    expect(codes.length).toBeGreaterThan(5);
    expect(codes.filter((code) => !errors.includes(`| \`${code}\``))).toEqual([]);
  });

  it('explains every exit code', () => {
    const rows = Object.entries(exitCodes).map(
      ([name, code]) => new RegExp(`^\\| ${code} +\\| \`${name}\``, 'm'),
    );
    expect(rows.filter((row) => !row.test(errors))).toEqual([]);
  });
});

describe.each(papers)('%s', (paper) => {
  const text = read(paper);

  it('links only to files that exist', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
    const broken = links
      .filter((link) => !/^[a-z]+:/.test(link) && !link.startsWith('#'))
      .filter((link) => !existsSync(resolve(root, dirname(paper), link.replace(/#.*$/, ''))));
    expect(broken).toEqual([]);
  });

  it('links only to headings that exist', () => {
    const links = [...text.matchAll(/\]\(([^)\s#:]*)#([^)\s]+)\)/g)];
    const broken = links
      .map(([, page, anchor]) => ({
        page: page === '' ? paper : join(dirname(paper), page!),
        anchor: anchor!,
      }))
      .filter(({ page, anchor }) => page.endsWith('.md') && !anchorsOf(page).has(anchor));
    expect(broken).toEqual([]);
  });

  it('names only source files that exist', () => {
    const named = [...text.matchAll(/`([\w/.-]+\.(?:ts|mjs))`/g)].map((match) => match[1]!);
    const missing = named.filter((name) => !sources.some((path) => `/${path}`.endsWith(`/${name}`)));
    expect(missing).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)].map((match) => match[1]!);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});
