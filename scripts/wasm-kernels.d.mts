import type { Plugin } from 'vite';

/** Resolves `virtual:wasm-kernels`: the kernels for the CPU, compiled from shaders/<op>/wasm.as.ts. */
export function wasmKernels(): Plugin;

/** Both modules, gzipped, as base64: for WebAssembly with SIMD, and with relaxed SIMD too. */
export function compileKernels(): Promise<{ readonly base: string; readonly relaxed: string }>;
