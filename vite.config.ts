// The chat page: index.html + demo/ over the engine in src/. Library and CLI builds have their own configs.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  base: './',
  resolve: {
    alias: [
      { find: /^sterna$/, replacement: `${root}src/index.ts` },
      { find: /^sterna\/worker$/, replacement: `${root}src/worker.ts` },
    ],
  },
  build: { outDir: 'dist-page', target: 'es2022', assetsInlineLimit: 0, sourcemap: true },
  worker: { format: 'es' },
});
