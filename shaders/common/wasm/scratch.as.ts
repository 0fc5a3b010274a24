// Memory that a kernel may use while it runs, and no longer. Every thread has its own; the first one's lies between the
// compiler's constants and the buffers (src/wasm/memory.ts).

/** Bytes of it: 1 MiB. */
export const SCRATCH_BYTES: usize = 1048576;

let start: usize = 65536;

/** Address of its first byte, a multiple of 64. */
// @ts-ignore: decorator
@inline
export function scratch(): usize {
  return start;
}

/** Uses another piece of SCRATCH_BYTES bytes from now on. */
export function moveScratch(address: usize): void {
  start = address;
}
