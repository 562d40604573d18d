/** What the papers say and a machine can check. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../src/cli/exit-codes.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const papers = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'scenarios/README.md'],
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path)),
];

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

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)].map((match) => match[1]!);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});
