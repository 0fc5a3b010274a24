// Builds the page of this benchmark from the sources of the engine, as the chat page is built.
import path from 'node:path';
import { build } from 'vite';
import { defineBuildCommit } from '../../scripts/build-commit.mjs';
import { wasmKernels } from '../../scripts/wasm-kernels.mjs';

/** Writes the page to a folder. @param root absolute path of the repository */
export async function buildPage(root: string, folder: string): Promise<void> {
  await build({
    configFile: false,
    root: path.join(root, 'bench/peers/page'),
    base: './',
    define: defineBuildCommit(),
    plugins: [wasmKernels()],
    logLevel: 'warn',
    resolve: {
      alias: [
        { find: /^sterna$/, replacement: path.join(root, 'src/index.ts') },
        { find: /^sterna\/worker$/, replacement: path.join(root, 'src/worker.ts') },
      ],
    },
    build: { outDir: folder, emptyOutDir: true, target: 'es2022', modulePreload: { polyfill: false } },
    worker: { format: 'es', plugins: () => [wasmKernels()] },
  });
}
