// head-norm for the CPU: see naive.wgsl for the formula.
import { scaleRow, sumOfSquares } from '../common/wasm/row.as';

/** Bindings and params of kernel.ts; the grid is the tokens. */
export function headNorm(qGain: usize, kGain: usize, qkv: usize, params: usize, tokens: u32): void {
  const heads = load<u32>(params);
  const kvHeads = load<u32>(params, 4);
  const headDim = load<u32>(params, 8);
  const epsilon = load<f32>(params, 12);
  for (let t: u32 = 0; t < tokens; t++) {
    for (let head: u32 = 0; head < heads + kvHeads; head++) {
      const at = qkv + ((<usize>t * (heads + 2 * kvHeads) + head) * headDim << 2);
      const r = <f32>1 / sqrt<f32>(sumOfSquares(at, headDim) / <f32>headDim + epsilon);
      scaleRow(at, head < heads ? qGain : kGain, r, at, headDim);
    }
  }
}
