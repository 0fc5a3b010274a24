// Unit tests: everything that needs no GPU and no browser. GPU and browser suites run through scripts/test.mjs.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { wasmKernels } from './scripts/wasm-kernels.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  plugins: [wasmKernels()],
  resolve: {
    alias: [
      { find: /^sterna$/, replacement: `${root}src/index.ts` },
      { find: /^sterna\/worker$/, replacement: `${root}src/worker.ts` },
      // Its entry for Node is CommonJS under "type": "module", which Node refuses.
      { find: /^wgsl_reflect$/, replacement: `${root}node_modules/wgsl_reflect/wgsl_reflect.module.js` },
    ],
  },
  test: {
    include: ['{src,shaders,demo,test,bench}/**/*.test.ts', 'scripts/**/*.test.mjs'],
    exclude: ['**/node_modules/**'],
    environment: 'node',
    testTimeout: 20_000,
    // Two workers: more only makes two-core machines swap between them.
    maxWorkers: 2,
  },
});
