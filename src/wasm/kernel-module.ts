// The compiled kernels (shaders/*/wasm.as.ts): takes the module that this browser can run and instantiates it.
import { BASE, RELAXED } from 'virtual:wasm-kernels';

/** The exported functions by name. */
export type KernelFunctions = Readonly<Record<string, ((...operands: number[]) => void) | undefined>>;

/** `relaxed-simd`: with the dot products of relaxed SIMD, about three times as fast as `simd` without them. */
export type WasmLevel = 'relaxed-simd' | 'simd';

/** Instantiated kernels and which of the two modules they are. */
export interface KernelModule {
  readonly level: WasmLevel;
  readonly functions: KernelFunctions;
}

/**
 * Instantiates the best module that is valid here.
 * @param levels those to try, best first
 * @throws whatever WebAssembly throws when the browser has no SIMD or the page's CSP forbids WebAssembly
 */
export async function instantiateKernels(
  memory: WebAssembly.Memory,
  levels: readonly WasmLevel[] = ['relaxed-simd', 'simd'],
): Promise<KernelModule> {
  for (const level of levels) {
    const bytes = decode(level === 'simd' ? BASE : RELAXED);
    if (!WebAssembly.validate(bytes)) continue;
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
    return { level, functions: instance.exports as KernelFunctions };
  }
  throw new WebAssembly.CompileError('no SIMD');
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
