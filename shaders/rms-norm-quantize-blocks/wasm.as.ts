// rms-norm-quantize-blocks for the CPU: see naive.wgsl for the formula.
import { codesOfRow, largestOfRow, sumOfSquares } from '../common/wasm/row.as';

/** Bindings and params of kernel.ts; the grid is the tokens. */
export function rmsNormQuantizeBlocks(
  x: usize,
  gain: usize,
  q: usize,
  scale: usize,
  params: usize,
  tokens: u32,
): void {
  const k = load<u32>(params);
  const block = load<u32>(params, 4);
  const epsilon = load<f32>(params, 8);
  let scaleAt = scale;
  for (let t: u32 = 0; t < tokens; t++) {
    const row = x + ((<usize>t * k) << 2);
    // The norm's factor r cancels out of the codes.
    const r = <f32>1 / sqrt<f32>(sumOfSquares(row, k) / <f32>k + epsilon);
    for (let c: u32 = 0; c < k; c += block) {
      const at = row + (c << 2);
      const gains = gain + (c << 2);
      const largest = largestOfRow(at, gains, true, block);
      // Finite for blocks of zeros.
      const toCode = <f32>127 / max<f32>(largest, <f32>1e-30);
      codesOfRow(at, gains, true, toCode, q + <usize>t * k + c, block);
      store<f32>(scaleAt, (largest * r) / <f32>127);
      scaleAt += 4;
    }
  }
}
