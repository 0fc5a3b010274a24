// copy for the CPU.

/** Bindings and params of kernel.ts. */
export function copy(source: usize, out: usize, params: usize): void {
  memory.copy(out, source, <usize>load<u32>(params) << 4);
}
