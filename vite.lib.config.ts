// The published library: dist/index.js (main thread) and dist/worker.js, which it starts. Both are complete: an
// application needs no further package, and a worker script cannot rely on the application's bundler.
import { defineConfig, type Plugin } from 'vite';
import { defineBuildCommit } from './scripts/build-commit.mjs';
import { wasmKernels } from './scripts/wasm-kernels.mjs';

const WORKER_URL = '__STERNA_WORKER_URL__';

// In the source the worker is ../worker.ts; in the package it is the other entry. Vite would bundle a second copy of it
// into index.js's assets, so the URL is hidden from Vite and put back as the literal that other bundlers look for.
const packagedWorker: Plugin = {
  name: 'sterna:packaged-worker',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('/src/api/default-worker.ts')
      ? { code: code.replace("'../worker.ts'", WORKER_URL), map: null }
      : null,
  renderChunk: {
    order: 'post',
    handler: (code) =>
      code.includes(WORKER_URL) ? { code: code.replace(WORKER_URL, '"./worker.js"'), map: null } : null,
  },
};

export default defineConfig({
  define: defineBuildCommit(),
  base: './',
  publicDir: false,
  plugins: [packagedWorker, wasmKernels()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: true,
    assetsInlineLimit: 0,
    lib: { entry: { index: 'src/index.ts', worker: 'src/worker.ts' }, formats: ['es'] },
  },
  worker: { format: 'es', plugins: () => [wasmKernels()] },
});
