// quantize-blocks for the CPU: see naive.wgsl for the formula.
import { codesOfRow, largestOfRow } from '../common/wasm/row.as';

/** Bindings and params of kernel.ts. */
export function quantizeBlocks(x: usize, q: usize, scale: usize, params: usize): void {
  const block = load<u32>(params, 4);
  const blocks = load<u32>(params, 8) * (load<u32>(params) / block);
  for (let b: u32 = 0; b < blocks; b++) {
    const first = <usize>b * block;
    const largest = largestOfRow(x + (first << 2), 0, false, block);
    // Finite for blocks of zeros.
    codesOfRow(x + (first << 2), 0, false, <f32>127 / max<f32>(largest, <f32>1e-30), q + first, block);
    store<f32>(scale + (b << 2), largest / <f32>127);
  }
}
