// Each house check finds what it is for, and accepts a sound file beside it.
import { describe, expect, it } from 'vitest';
import { checkDocblocks } from './docblocks.mjs';
import { checkDocuments } from './documents.mjs';
import { checkFileNames } from './file-names.mjs';
import { checkFileSizes } from './file-sizes.mjs';
import { checkPrivatePlaces } from './private-places.mjs';
import { sourceFile } from './source-tree.mjs';
import { checkWgslFiles } from './wgsl-files.mjs';

const linesOf = (count) => 'x\n'.repeat(count);

describe('file sizes', () => {
  it.each([
    ['src/a.ts', 500],
    ['shaders/add/naive.wgsl', 150],
    ['src/a.test.ts', 400],
    ['models/x/training/train.py', 500],
  ])('accepts %s with %i lines and refuses one more', (path, limit) => {
    expect(checkFileSizes([sourceFile(path, linesOf(limit))])).toEqual([]);
    expect(checkFileSizes([sourceFile(path, linesOf(limit + 1))])).toEqual([
      expect.stringContaining(`${limit + 1} lines; the limit is ${limit}`),
    ]);
  });

  it('exempts documents and data', () => {
    expect(
      checkFileSizes([sourceFile('README.md', linesOf(900)), sourceFile('a.json', linesOf(900))]),
    ).toEqual([]);
  });
});

describe('file names', () => {
  it('refuses names that say nothing', () => {
    const found = checkFileNames(
      ['src/utils.ts', 'demo/helpers.ts', 'src/x/common.ts'].map((p) => sourceFile(p, '')),
    );
    expect(found).toHaveLength(3);
  });

  it('refuses camel case and accepts kebab case', () => {
    expect(checkFileNames([sourceFile('src/kvCache.ts', '')])).toHaveLength(1);
    const sound = [
      'src/kv-cache.ts',
      'src/a.test.ts',
      'vite.config.ts',
      '.dependency-cruiser.cjs',
      'src/util/math.ts',
    ];
    expect(checkFileNames(sound.map((p) => sourceFile(p, '')))).toEqual([]);
  });
});

const SOUND_WGSL = `// add/naive: adds two vectors.
// out[N] f32 = a[N] + b[N]
// Geometry: one invocation per element.
// Requires: core WebGPU only.  Overrides: WG_SIZE (64).
// Cost: reads 8 N bytes; bound by memory.
override WG_SIZE: u32 = 64u;
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(WG_SIZE) fn main() {}
`;

describe('wgsl files', () => {
  const findingsFor = (text, kernel = "import naive from './naive.wgsl?raw';") =>
    checkWgslFiles([sourceFile('shaders/add/naive.wgsl', text), sourceFile('shaders/add/kernel.ts', kernel)]);

  it('accepts a file with the whole header', () => {
    expect(findingsFor(SOUND_WGSL)).toEqual([]);
  });

  it.each([
    ['a wrong first line', SOUND_WGSL.replace('add/naive', 'sub/naive'), 'first line'],
    ['a missing header field', SOUND_WGSL.replace('// Cost', '// Price'), 'no "// Cost:'],
    [
      'header fields out of order',
      SOUND_WGSL.replace(/(\/\/ Geometry.*\n)(\/\/ Requires.*\n)/, '$2$1'),
      'out of order',
    ],
    [
      'a second bind group',
      SOUND_WGSL.replace('@group(0) @binding(1)', '@group(1) @binding(1)'),
      'group other than 0',
    ],
    ['a gap in the bindings', SOUND_WGSL.replace('@binding(1)', '@binding(2)'), 'numbered 0, 2'],
    ['another entry point name', SOUND_WGSL.replace('fn main', 'fn add'), 'called main'],
    ['a lower-case override', SOUND_WGSL.replaceAll('WG_SIZE: u32', 'wg: u32'), 'SCREAMING_SNAKE_CASE'],
    ['a long line', `${SOUND_WGSL}// ${'x'.repeat(108)}\n`, '111 columns'],
    ['a tab', `${SOUND_WGSL}\t\n`, 'a tab'],
  ])('finds %s', (_, text, message) => {
    expect(findingsFor(text).join('\n')).toContain(message);
  });

  it('finds a file that no kernel lists', () => {
    expect(findingsFor(SOUND_WGSL, 'export {};').join('\n')).toContain('not named in shaders/add/kernel.ts');
  });
});

describe('docblocks', () => {
  const findingsFor = (text) => checkDocblocks([sourceFile('src/x/y.ts', text)]);

  it('finds an exported symbol without one', () => {
    expect(findingsFor('// File.\nexport function f() {}\nexport const a = 1;\n')).toHaveLength(2);
  });

  it('finds a public method without one, not a private one', () => {
    const text = '// File.\n/** A. */\nexport class A {\n  f() {}\n  #g() {}\n  private h() {}\n}\n';
    expect(findingsFor(text)).toEqual([expect.stringContaining('A.f')]);
  });

  it('finds export * and a missing file header', () => {
    expect(findingsFor("export * from './z.ts';\n")).toHaveLength(2);
  });

  it('accepts documented exports and undocumented private code', () => {
    expect(findingsFor('// File.\n/** F. */\nexport function f() {}\nfunction g() {}\n')).toEqual([]);
  });
});

describe('documents', () => {
  const files = [
    sourceFile('package.json', '{"scripts": {"test": "x"}}'),
    sourceFile('src/a/b.ts', ''),
    sourceFile('src/a/c.ts', ''),
  ];
  const findingsFor = (text) => checkDocuments([...files, sourceFile('README.md', text)], process.cwd());

  it('finds a path, a link and a script that do not exist', () => {
    const found = findingsFor('`src/none.ts` [x](docs/none.md) `npm run nothing`\n');
    expect(found).toHaveLength(3);
  });

  it('accepts what exists, placeholders that match and things that are no paths', () => {
    expect(
      findingsFor(
        '`scripts/check.mjs` `src/<x>/b.ts` `npm test` `a / b` `application/json` [x](https://x.y)\n',
      ),
    ).toEqual([]);
  });
});

describe('private places', () => {
  it.each(['see /work/main/x', 'https://registry.npmjs.org/x', 'https://my-mirror.example/debian/'])(
    'finds %s',
    (line) => {
      expect(checkPrivatePlaces([sourceFile('a.md', line)])).toHaveLength(1);
    },
  );

  it('accepts relative paths and code that says registry', () => {
    expect(checkPrivatePlaces([sourceFile('a.ts', "registry.get('../work/x'); network/work/\n")])).toEqual(
      [],
    );
  });
});
