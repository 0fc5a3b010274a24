// Deletes from bench/peers/node_modules what the page never asks for, so that the rest can be carried to a machine without
// a network. `npm ci --ignore-scripts` in bench/peers brings everything back.
//   node scripts/run-ts.mjs bench/peers/prune.ts
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

const RUNTIME = ['ort-wasm-simd-threaded.asyncify.mjs', 'ort-wasm-simd-threaded.asyncify.wasm'];
const TRANSFORMERS = '@huggingface/transformers';

/** Files that stay, relative to node_modules. */
const KEPT = new Set([
  'onnxruntime-web/package.json',
  'onnxruntime-web/dist/ort.webgpu.bundle.min.mjs',
  ...RUNTIME.map((file) => `onnxruntime-web/dist/${file}`),
  `${TRANSFORMERS}/package.json`,
  `${TRANSFORMERS}/dist/transformers.min.js`,
  ...RUNTIME.map((file) => `${TRANSFORMERS}/node_modules/onnxruntime-web/dist/${file}`),
  '@wllama/wllama/package.json',
  '@wllama/wllama/esm/index.js',
  '@wllama/wllama/esm/wasm/wllama.wasm',
]);

/** Prunes; prints what is left. @throws Error when a file that is needed is missing */
export async function main(): Promise<number> {
  const folder = path.join(process.cwd(), 'bench/peers/node_modules');
  const needed = [...KEPT];
  for (const file of needed) statSync(path.join(folder, file));
  prune(folder, '');
  const bytes = needed.reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0);
  console.log(`${folder}: ${needed.length} files, ${(bytes / 2 ** 20).toFixed(1)} MiB`);
  return 0;
}

function prune(folder: string, prefix: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const name = prefix + entry.name;
    const isFolderOfKept = entry.isDirectory() && [...KEPT].some((file) => file.startsWith(`${name}/`));
    if (isFolderOfKept) prune(path.join(folder, entry.name), `${name}/`);
    else if (!KEPT.has(name)) rmSync(path.join(folder, entry.name), { recursive: true });
  }
}
