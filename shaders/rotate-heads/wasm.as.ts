// rotate-heads for the CPU: see naive.wgsl for the formula.
import { rotateHead } from '../common/wasm/hadamard-head.as';

/** Bindings and params of kernel.ts; the grid is heads and tokens. */
export function rotateHeads(x: usize, params: usize, heads: u32, tokens: u32): void {
  const headDim = load<u32>(params, 4);
  const headBytes = <usize>headDim << 2;
  for (let i: usize = 0; i < <usize>heads * tokens; i++) rotateHead(x + i * headBytes, headDim);
}
