// rms-norm for the CPU: see naive.wgsl for the formula.
import { scaleRow, sumOfSquares } from '../common/wasm/row.as';

/** Bindings and params of kernel.ts; the grid is the rows of out. */
export function rmsNorm(x: usize, gain: usize, state: usize, out: usize, params: usize, rows: u32): void {
  const k = load<u32>(params);
  const epsilon = load<f32>(params, 4);
  const lastOnly = load<u32>(params, 8) === 1;
  const tokens = load<u32>(state, 4);
  for (let row: u32 = 0; row < rows; row++) {
    const from = x + (<usize>(lastOnly ? tokens - 1 : row) * k << 2);
    const r = <f32>1 / sqrt<f32>(sumOfSquares(from, k) / <f32>k + epsilon);
    scaleRow(from, gain, r, out + (<usize>row * k << 2), k);
  }
}
