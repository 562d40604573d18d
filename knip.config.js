/**
 * Unused files, exports and packages, as `npm run check:unused` finds them: first with the tests, then without
 * (`--production`, of what is marked with `!`), since what tests alone use is unused, too.
 */
const isProduction = process.argv.includes('--production');

const entry = [
  'src/cli/*.ts!',
  '{src,bench}/**/*worker.ts!',
  'bench/bench.ts!',
  'scripts/*.mjs!',
  // Bundled by scripts/scenario-reference.mjs.
  'src/sim/scenario/reference/{reference,scenario-index,json-schema-file}.ts!',
  // Bundled by scripts/search-stalls.mjs.
  'test/seam/search-stalls.ts',
  // Bundled by scripts/build.mjs, each into one script, which is in every page; in tests, from where they have put it.
  'src/sim/page/browser/{page,live}.ts!',
  'test/support/bundled-page-script.ts',
  '{src,bench,test}/**/*.test.ts',
];

export default {
  entry,
  project: [
    '{src,bench}/**/*.ts!',
    'scripts/*.mjs!',
    'test/**/*.ts',
    '!{src,bench}/**/{*.test,*fixture}.ts!',
  ],
  // A limit that a test reads is used in its own file; a member of a union may have a name.
  ignoreExportsUsedInFile: isProduction ? true : { type: true, interface: true },
  // Tests read the schema that it brings.
  ignoreDependencies: isProduction ? [] : ['jest-junit-reporter'],
  // Calibration starts ip, on Linux alone; tests make named pipes, certificates and servers.
  ignoreBinaries: ['aria2c', 'ip', 'mkfifo', 'mount', 'nats-server', 'openssl', 'umount'],
};
