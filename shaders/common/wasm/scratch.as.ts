// Memory that a kernel may use while it runs, and no longer: between the compiler's constants and the buffers.

/** First byte; a multiple of 64. src/wasm/memory.ts begins its pieces behind the last. */
export const SCRATCH: usize = 65536;
/** 1 MiB. */
export const SCRATCH_BYTES: usize = 1048576;
