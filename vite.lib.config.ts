// The published library: dist/index.js (main thread) and the worker it starts. Dependencies stay imports in index.js;
// the worker is bundled whole, since a worker script cannot rely on the application's bundler.
import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  publicDir: false,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: true,
    assetsInlineLimit: 0,
    lib: { entry: { index: 'src/index.ts', worker: 'src/worker.ts' }, formats: ['es'] },
  },
  worker: { format: 'es' },
});
