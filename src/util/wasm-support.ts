// What the WebAssembly backend needs and bounds; asked for on the main thread too, so it compiles nothing.

/** Largest buffer of the backend in bytes: offsets within one stay below 2^31. */
export const WASM_MAX_BUFFER_BYTES = 2 ** 31 - 2 ** 16;

/** Widest matrix: the products arrange a row of activations in a scratch memory of fixed size. */
export const WASM_MAX_COLUMNS = 49152;

// A function without operands that makes a vector and drops it: i32.const 0, i8x16.splat, drop.
const SIMD_MODULE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0],
  ...[10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11],
);

/** Whether this browser has WebAssembly with SIMD. A Content-Security-Policy may forbid it nevertheless. */
export function hasWasmSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(SIMD_MODULE);
}
