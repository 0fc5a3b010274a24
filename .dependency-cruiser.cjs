// The import table of ARCHITECTURE.md as rules. Each row: a folder, and all of ours that it may import
// besides itself. Anything not listed is an error; type-only imports follow the same rule.

/** What every layer may use: our error, the clone-safe public records, and small pure functions. */
const LEAVES = ['src/errors.ts', 'src/api/types.ts', 'src/api/benchmark-types.ts', 'src/util/'];

/** Folder of the importing file -> what it may import (regular expressions on paths from the root). */
const ALLOWED_IMPORTS = {
  'src/errors.ts': [],
  'src/util/': [...LEAVES],
  'src/gguf/': [...LEAVES],
  'src/safetensors/': [...LEAVES],
  'src/tokenizer/': [...LEAVES],
  'src/store/': [...LEAVES],
  'src/gpu/': [...LEAVES],
  'src/wasm/': [...LEAVES, 'src/gpu/', 'virtual:wasm-kernels'],
  'shaders/layouts/': [...LEAVES],
  'src/quant/': [...LEAVES, 'shaders/layouts/[^/]+/layout.ts'],
  'src/convert/': [...LEAVES, 'src/gguf/', 'src/safetensors/', 'src/quant/', 'src/tokenizer/'],
  'src/quantize/': [
    ...LEAVES,
    'src/gguf/',
    'src/quant/',
    'src/convert/',
    'src/architectures/index.ts',
    'src/architectures/rope-table.ts',
    'src/architectures/blocks/decoder-config.ts',
  ],
  'src/architectures/': [...LEAVES, 'src/gpu/', 'shaders/', 'src/quant/', 'src/gguf/'],
  'src/loader/': [...LEAVES, 'src/store/', 'src/gguf/', 'src/quant/', 'src/gpu/', 'src/architectures/'],
  'src/runtime/': [...LEAVES, 'src/loader/', 'src/architectures/', 'src/gpu/', 'shaders/', 'src/tokenizer/'],
  'src/quality/': [...LEAVES, 'src/runtime/', 'src/loader/', 'src/tokenizer/'],
  'src/protocol/': [...LEAVES],
  'src/worker/': [
    ...LEAVES,
    'src/api/validate.ts',
    'src/loader/',
    'src/runtime/',
    'src/quality/',
    'src/store/',
    'src/tokenizer/',
    'src/gpu/',
    'src/wasm/',
    'src/protocol/',
  ],
  'src/cli/': [
    ...LEAVES,
    'src/api/validate.ts',
    'src/loader/',
    'src/runtime/',
    'src/quality/',
    'src/gguf/',
    'src/safetensors/',
    'src/quant/',
    'src/convert/',
    'src/quantize/',
    'src/tokenizer/',
    'src/gpu/',
    'src/wasm/',
    'src/architectures/',
  ],
  'src/api/': [...LEAVES, 'src/protocol/', 'src/store/'],
  'src/index.ts': ['src/api/', 'src/protocol/', 'src/errors.ts'],
  'src/worker.ts': ['src/worker/', 'src/protocol/'],
  'src/react.ts': ['src/index.ts'],
};

/** Test files and oracles see more than the code that they test. */
const TEST_FILE = '\\.test\\.ts$';
/** In shaders/<op>/: never bundled. */
const ORACLES = ['^shaders/.+/(reference|cases)\\.ts$', '^shaders/[a-z-]*cases?\\.ts$'];
const OURS = '^(src|shaders|demo|test|bench|scripts|examples)/';

const anchored = (pattern) => `^${pattern.replaceAll('.ts', '\\.ts$')}`;

const folderRules = Object.entries(ALLOWED_IMPORTS).map(([folder, allowed]) => ({
  name: `imports-of-${folder.replace(/\/$/, '').replaceAll('/', '-')}`,
  comment: `${folder} may import of ours only: itself${allowed.map((path) => `, ${path}`).join('')}. Move the code, or turn the dependency round.`,
  severity: 'error',
  from: { path: anchored(folder), pathNot: TEST_FILE },
  to: { path: OURS, pathNot: [folder, ...allowed].map(anchored) },
}));

const ruleOfOps = {
  name: 'imports-of-shaders-op',
  comment:
    'shaders/<op>/ may import src/gpu/kernel.ts, shaders/layouts, shaders/common, the case files of shaders/, util and errors; never another op.',
  severity: 'error',
  from: { path: '^shaders/(?!layouts/|common/)([^/]+)/', pathNot: TEST_FILE },
  to: {
    path: OURS,
    pathNot: [
      '^shaders/$1/',
      '^src/gpu/kernel\\.ts$',
      '^shaders/(layouts|common)/',
      '^shaders/[a-z-]*case\\.ts$',
      '^src/util/',
      '^src/errors\\.ts$',
    ],
  },
};

module.exports = {
  forbidden: [
    ...folderRules,
    ruleOfOps,
    {
      name: 'one-architecture-alone',
      comment:
        'An architecture never imports another one; what two share belongs in src/architectures/blocks.',
      severity: 'error',
      from: { path: '^src/architectures/([^/]+)/', pathNot: TEST_FILE },
      to: { path: '^src/architectures/[^/]+/', pathNot: '^src/architectures/($1|blocks)/' },
    },
    {
      name: 'oracles-stay-in-tests',
      comment: 'reference.ts and cases.ts are for test/ and bench/ only: they must never reach a bundle.',
      severity: 'error',
      from: { path: '^(src|shaders|demo|examples)/', pathNot: [...ORACLES, TEST_FILE] },
      to: { path: ORACLES },
    },
    {
      name: 'demo-uses-the-package-name',
      comment: "demo/ and examples/ import 'sterna' and 'sterna/worker', never a file of src/ or shaders/.",
      severity: 'error',
      from: { path: '^(demo|examples)/' },
      to: {
        path: '^(src|shaders|test|bench|scripts)/',
        dependencyTypesNot: ['aliased', 'aliased-tsconfig', 'aliased-tsconfig-paths'],
      },
    },
    {
      name: 'demo-sees-entries-only',
      comment: 'demo/ and examples/ see only the public entries src/index.ts and src/worker.ts.',
      severity: 'error',
      from: { path: '^(demo|examples)/' },
      to: { path: '^(src|shaders)/', pathNot: '^src/(index|worker)\\.ts$' },
    },
    {
      name: 'node-only-in-the-cli',
      comment: 'Browser code may not import Node modules; put Node-only code in src/cli.',
      severity: 'error',
      from: { path: '^(src|shaders|demo|examples)/', pathNot: ['^src/cli/', TEST_FILE] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-test-code-in-the-product',
      comment: 'src/, shaders/ and demo/ never import from test/, bench/ or scripts/.',
      severity: 'error',
      from: { path: '^(src|shaders|demo|examples)/', pathNot: TEST_FILE },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Modules form a ladder. Move what both need into a third file below them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'The import does not resolve. Correct the path or add the package.',
      severity: 'error',
      from: { path: '^(src|shaders|demo|test|bench)/' },
      to: { couldNotResolve: true, pathNot: ['^virtual:', '\\?', '(^|/)dist/'] },
    },
    {
      name: 'run-time-dependencies-are-declared',
      comment: "src/ may use at run time only what package.json lists under 'dependencies'.",
      severity: 'error',
      from: { path: '^src/', pathNot: [TEST_FILE, '^src/cli/'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
