// Runs a TypeScript program of this repository in Node, with Vite's resolution: `?raw` WGSL imports and the package
// name work as in a page. Usage: node scripts/run-ts.mjs FILE [arguments...]
// The module's exported `main(args)` returns the exit code; the process then ends, whatever still runs (Dawn keeps threads).
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { defineBuildCommit } from './build-commit.mjs';
import { wasmKernels } from './wasm-kernels.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  console.error('Usage: node scripts/run-ts.mjs FILE [arguments...]');
  process.exit(2);
}

let exitCode = 1;
const nodeEnv = process.env.NODE_ENV;
try {
  // A server that listens nowhere: it stays open to the end, since programs also import on demand.
  const server = await createServer({
    root,
    configFile: false,
    define: defineBuildCommit(),
    plugins: [wasmKernels()],
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    resolve: {
      alias: [
        { find: /^sterna$/, replacement: path.join(root, 'src/index.ts') },
        { find: /^sterna\/worker$/, replacement: path.join(root, 'src/worker.ts') },
      ],
    },
  });
  // The server sets NODE_ENV to development; a build that the program starts must not inherit that.
  if (nodeEnv === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = nodeEnv;
  const module = await server.environments.ssr.runner.import(path.resolve(file));
  if (typeof module.main !== 'function') throw new Error(`${file} exports no main(args) function.`);
  exitCode = (await module.main(args)) ?? 0;
} catch (error) {
  console.error(error);
}
process.exit(exitCode);
