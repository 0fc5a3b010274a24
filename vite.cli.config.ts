// The command line: dist/cli/sterna.js, everything bundled but Dawn (`webgpu`), which is native code.
import { defineConfig } from 'vite';
import { defineBuildCommit } from './scripts/build-commit.mjs';
import { wasmKernels } from './scripts/wasm-kernels.mjs';

export default defineConfig({
  define: defineBuildCommit(),
  publicDir: false,
  plugins: [wasmKernels()],
  ssr: { noExternal: true, external: ['webgpu'] },
  build: {
    ssr: 'src/cli/sterna.ts',
    outDir: 'dist/cli',
    emptyOutDir: true,
    target: 'node20',
    sourcemap: true,
    rollupOptions: { output: { banner: '#!/usr/bin/env node' } },
  },
});
