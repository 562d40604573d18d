import { defineConfig } from 'vitest/config';

/** Tests of pure code share a process; loading their modules anew for each file takes more time than they do. */
const pure = ['src/core/**/*.test.ts', 'src/sim/scenario/**/*.test.ts', 'src/sim/measure/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    /** One more than the cores of a build machine: tests of programs and sockets wait more than they compute. */
    maxWorkers: 3,
    /** A test that asserts nothing fails. */
    expect: { requireAssertions: true },
    testTimeout: 180_000,
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'system',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: pure,
        },
      },
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
    ],
  },
});
