import { defineConfig } from 'vitest/config';

/**
 * Tests of what runs in their own process share it; loading its modules anew for each file takes more time than they do.
 * Not those of the threads engine, which put spies into the modules of Node.
 */
const inProcess = [
  'src/core/**',
  'src/sim',
  'src/sim/!(engines)/**',
  'src/sim/engines/{run,virtual}/**',
  'bench/**',
  'test/{contracts,seam,sim/effects,sim/runs}/**',
].map((folder) => `${folder}/*.test.ts`);

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
          name: 'programs',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: inProcess,
        },
      },
      { extends: true, test: { name: 'in-process', include: inProcess, isolate: false } },
    ],
  },
});
