// The kernels for the CPU as a module: every shaders/<op>/wasm.as.ts, compiled from AssemblyScript to WebAssembly, once with
// relaxed SIMD and once without. `import { BASE, RELAXED } from 'virtual:wasm-kernels'` gives both, gzipped, as base64.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const MODULE_ID = 'virtual:wasm-kernels';
const RESOLVED_ID = `\0${MODULE_ID}`;

const OPTIONS = [
  '--optimizeLevel=3',
  '--shrinkLevel=1',
  '--noAssert',
  '--runtime=stub',
  '--importMemory',
  '--initialMemory=1', // the compiler's constants; buffers begin behind them (src/wasm/memory.ts)
  '--maximumMemory=65536',
];

/**
 * Vite plugin that resolves `virtual:wasm-kernels`. Compiled modules are kept in .cache/ under a hash of the sources.
 * @returns {import('vite').Plugin}
 */
export function wasmKernels() {
  return {
    name: 'sterna:wasm-kernels',
    resolveId: (id) => (id === MODULE_ID ? RESOLVED_ID : null),
    async load(id) {
      if (id !== RESOLVED_ID) return null;
      const { base, relaxed } = await compileKernels();
      return `export const BASE = ${JSON.stringify(base)};\nexport const RELAXED = ${JSON.stringify(relaxed)};\n`;
    },
  };
}

/**
 * Compiles the kernels, or takes them from the cache.
 * @returns {Promise<{ base: string, relaxed: string }>} base64 of the gzipped modules
 */
export async function compileKernels() {
  const sources = readdirSync(path.join(root, 'shaders'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.as.ts'))
    .map((file) => `shaders/${file.replaceAll(path.sep, '/')}`)
    .sort();
  const entries = sources.filter((file) => file.endsWith('/wasm.as.ts'));
  const hash = createHash('sha256');
  for (const file of [...sources, 'scripts/wasm-kernels.mjs', 'package-lock.json']) {
    hash.update(file).update(readFileSync(path.join(root, file)));
  }
  const cached = path.join(root, '.cache', `wasm-kernels-${hash.digest('hex').slice(0, 16)}.json`);
  if (existsSync(cached)) return JSON.parse(readFileSync(cached, 'utf8'));
  const base = await compile(entries, 'simd');
  const relaxed = await compile(entries, 'simd,relaxed-simd');
  const pack = (binary) => gzipSync(binary, { level: 9 }).toString('base64');
  const compiled = { base: pack(base), relaxed: pack(relaxed) };
  mkdirSync(path.dirname(cached), { recursive: true });
  // Several processes may compile at once: whoever reads the file finds it whole.
  const unfinished = `${cached}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(compiled));
  renameSync(unfinished, cached);
  return compiled;
}

async function compile(entries, features) {
  const { default: compiler } = await import('assemblyscript/asc');
  let binary;
  let messages = '';
  const { error } = await compiler.main(
    [...entries, `--enable=${features}`, '--outFile=kernels.wasm', `--baseDir=${root}`, ...OPTIONS],
    {
      stdout: { write: (text) => (messages += text) },
      stderr: { write: (text) => (messages += text) },
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) binary = Buffer.from(contents);
      },
    },
  );
  // Warnings too: what the compiler doubts is not built.
  if (error || !binary || messages !== '')
    throw new Error(`The WebAssembly kernels do not compile.\n${messages || error}`);
  return binary;
}
