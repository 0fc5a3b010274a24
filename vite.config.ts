// The chat page: index.html + demo/ over the engine in src/. Library and CLI builds have their own configs.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { defineBuildCommit } from './scripts/build-commit.mjs';
import { contentSecurityPolicy } from './scripts/page-build/content-security-policy.ts';
import { modelFiles } from './scripts/page-build/model-files.ts';
import { serviceWorker } from './scripts/page-build/service-worker.ts';
import { wasmKernels } from './scripts/wasm-kernels.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  define: defineBuildCommit(),
  base: './',
  // Not a single-page application: a file that is not there is an error, not the page once more.
  appType: 'mpa',
  resolve: {
    alias: [
      { find: /^sterna$/, replacement: `${root}src/index.ts` },
      { find: /^sterna\/worker$/, replacement: `${root}src/worker.ts` },
    ],
  },
  plugins: [wasmKernels(), contentSecurityPolicy(), modelFiles(`${root}models`), serviceWorker()],
  build: {
    outDir: 'dist-page',
    rollupOptions: { input: ['index.html', 'bench.html'] },
    target: 'es2022',
    assetsInlineLimit: 0,
    sourcemap: true,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es', plugins: () => [wasmKernels()] },
  preview: { host: '127.0.0.1' },
});
