// What scripts/wasm-kernels.mjs provides when it builds or runs the sources.
declare module 'virtual:wasm-kernels' {
  /** The module for WebAssembly with SIMD: base64 of gzip. */
  export const BASE: string;
  /** The module for relaxed SIMD: base64 of gzip. */
  export const RELAXED: string;
}
