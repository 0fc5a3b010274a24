// quantize for the CPU: see naive.wgsl for the formula.
import { codesOfRow, largestOfRow } from '../common/wasm/row.as';

/** Bindings and params of kernel.ts; the grid is the tokens. K is a multiple of 4. */
export function quantize(x: usize, q: usize, scale: usize, params: usize, tokens: u32): void {
  const k = load<u32>(params);
  for (let t: u32 = 0; t < tokens; t++) {
    const row = x + (<usize>t * k << 2);
    const largest = max<f32>(largestOfRow(row, 0, false, k), <f32>1e-5);
    codesOfRow(row, 0, false, <f32>127 / largest, q + <usize>t * k, k);
    store<f32>(scale + (t << 2), largest / <f32>127);
  }
}
