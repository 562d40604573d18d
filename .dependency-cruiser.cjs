/** The import rules of docs/architecture.md, checked by `npm run check`. */

/** The folders of src/sim: each imports only those before it. */
const LAYERS = [
  'units',
  'machine',
  'shipped',
  'plan',
  'content',
  'network',
  'analyse',
  'faults',
  'engines',
  'result',
  'metrics',
  'measure',
  'scenario',
  'expand',
  'saved-plan',
  'experiment',
  'report',
  'calibrate',
];

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle hides which of two modules stands on the other.',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'core-is-pure',
      severity: 'error',
      comment: 'core (outside core/node) imports nothing of Node but the hash.',
      from: { path: '^src/core/', pathNot: ['^src/core/node/', '\\.test\\.ts$'] },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'core-stands-alone',
      severity: 'error',
      from: { path: '^src/core/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(src/(sim|cli)|bench|test)/' },
    },
    {
      name: 'core-does-not-need-node',
      severity: 'error',
      from: { path: '^src/core/', pathNot: ['^src/core/node/', '\\.test\\.ts$'] },
      to: { path: '^src/core/node/' },
    },
    {
      name: 'engines-are-strangers',
      severity: 'error',
      from: { path: '^src/sim/engines/threads/' },
      to: { path: '^src/sim/engines/virtual/' },
    },
    {
      name: 'engines-are-strangers-2',
      severity: 'error',
      from: { path: '^src/sim/engines/virtual/' },
      to: { path: '^src/sim/engines/threads/' },
    },
    {
      name: 'nobody-imports-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'programs-are-strangers',
      severity: 'error',
      comment: 'A folder that is named like a program is that of this program alone.',
      from: { path: '^src/cli/([a-z-]+)(/|\\.)' },
      to: { path: '^src/cli/(sim|client|tracker)/', pathNot: '^src/cli/$1/' },
    },
    {
      name: 'bench-shares-only-the-frame-of-programs',
      severity: 'error',
      comment: 'bench is a program too: it ends, and takes signals and options, as all programs do.',
      from: { path: '^bench/' },
      to: {
        path: '^src/cli/',
        pathNot: '^src/cli/(program|output|arguments)/',
      },
    },
    {
      name: 'nobody-imports-bench',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^bench/' },
    },
    {
      name: 'renderers-see-only-the-result',
      severity: 'error',
      from: { path: '^src/sim/report/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/sim/engines/' },
    },
    ...LAYERS.map((layer, at) => ({
      name: `${layer}-stands-on-those-before`,
      severity: 'error',
      comment: 'The order of the layers is the list at the top of this file.',
      from: { path: `^src/sim/${layer}/`, pathNot: '(\\.test|(^|/|-)fixture)\\.ts$' },
      to: { path: `^src/sim/(?!(${LAYERS.slice(0, at + 1).join('|')})/)` },
    })),
    {
      name: 'source-does-not-import-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '(^test/|\\.test\\.ts$)' },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'A module that nothing imports is dead, unless it is an entry.',
      from: {
        orphan: true,
        pathNot: [
          '\\.test\\.ts$',
          '\\.d\\.ts$',
          '^src/cli/',
          '^bench/',
          '^test/',
          '^scripts/',
          'worker\\.ts$',
        ],
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};
