// The compiled kernels (shaders/*/wasm.as.ts): takes the module that this browser can run and instantiates it.
import { BASE, RELAXED } from 'virtual:wasm-kernels';

/** A function of the module. */
export type KernelFunction = (...operands: number[]) => void;

/** `relaxed-simd`: with the dot products of relaxed SIMD, about three times as fast as `simd` without them. */
export type WasmLevel = 'relaxed-simd' | 'simd';

/** Instantiated kernels and which of the two modules they are. */
export interface KernelModule {
  readonly level: WasmLevel;
  readonly module: WebAssembly.Module;
  /** By name; the order is that of every other instance. */
  readonly functions: ReadonlyMap<string, KernelFunction>;
}

/**
 * Instantiates the best module that is valid here.
 * @param shared whether the memory is shared
 * @param levels those to try, best first
 * @throws whatever WebAssembly throws when the browser has no SIMD or the page's CSP forbids WebAssembly
 */
export async function instantiateKernels(
  memory: WebAssembly.Memory,
  shared = false,
  levels: readonly WasmLevel[] = ['relaxed-simd', 'simd'],
): Promise<KernelModule> {
  for (const level of levels) {
    const bytes = await unpack(level === 'simd' ? BASE : RELAXED);
    if (shared) importShared(bytes);
    if (!WebAssembly.validate(bytes)) continue;
    const { module, instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
    const functions = Object.entries(instance.exports).filter(([, value]) => typeof value === 'function');
    return { level, module, functions: new Map(functions as [string, KernelFunction][]) };
  }
  throw new WebAssembly.CompileError('no SIMD');
}

async function unpack(base64: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The import of the memory as the compiler writes it: "env", "memory", kind 2 (memory), limits 1 (with a maximum).
const MEMORY_IMPORT = [3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121, 2, 1];
/** Limits with a maximum, shared (WebAssembly core specification, limits of the threads proposal). */
const SHARED_LIMITS = 3;

/** Makes a module of one for ordinary memory that takes shared memory: the only difference is this byte. */
function importShared(bytes: Uint8Array): void {
  const at = bytes.findIndex((_, index) => MEMORY_IMPORT.every((value, i) => bytes[index + i] === value));
  if (at === -1) throw new Error('the module imports no memory');
  bytes[at + MEMORY_IMPORT.length - 1] = SHARED_LIMITS;
}
