import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

const tests = ['src', 'bench', 'test'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join(folder, path)),
);

/** They start programs, or are about what a whole process has. */
const PROGRAMS = /^(src\/cli|src\/sim\/engines\/threads|test(\/cli|\/interop|\/sim)?\/[^/]+$)/;

/**
 * The others share a process: loading its modules anew for each file takes more time than they do. Who puts something
 * else into the place of a module would find it loaded already, and has a process of its own.
 */
const inProcess = tests.filter(
  (path) => !PROGRAMS.test(path) && !/\bvi\.mock\(/.test(readFileSync(path, 'utf8')),
);

export default defineConfig({
  // Tests run the source, beside which no bundle lies.
  resolve: {
    alias: [
      {
        find: /^.*\/page-script\.ts$/,
        replacement: join(import.meta.dirname, 'test', 'support', 'bundled-page-script.ts'),
      },
    ],
  },
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    /** One more than the cores of a build machine: tests of programs and sockets wait more than they compute. */
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    /** A test that asserts nothing fails. */
    expect: { requireAssertions: true },
    testTimeout: 180_000,
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'programs',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: inProcess,
        },
      },
      { extends: true, test: { name: 'in-process', include: inProcess, isolate: false } },
    ],
  },
});
