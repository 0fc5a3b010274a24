// rms-norm-quantize for the CPU: see naive.wgsl for the formula.
import { codesOfRow, largestOfRow, sumOfSquares } from '../common/wasm/row.as';

/** Bindings and params of kernel.ts; the grid is the tokens. K is a multiple of 4. */
export function rmsNormQuantize(x: usize, gain: usize, q: usize, scale: usize, params: usize, tokens: u32): void {
  const k = load<u32>(params);
  const epsilon = load<f32>(params, 4);
  for (let t: u32 = 0; t < tokens; t++) {
    const row = x + (<usize>t * k << 2);
    const r = <f32>1 / sqrt<f32>(sumOfSquares(row, k) / <f32>k + epsilon);
    // The norm's factor r cancels out of the codes: it counts only in the 1e-5 floor.
    const largest = max<f32>(largestOfRow(row, gain, true, k), <f32>1e-5 / r);
    codesOfRow(row, gain, true, <f32>127 / largest, q + <usize>t * k, k);
    store<f32>(scale + (t << 2), (largest * r) / <f32>127);
  }
}
