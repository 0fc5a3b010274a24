// layer-norm for the CPU: see naive.wgsl for the formula.
import { sumF32 } from '../common/wasm/lanes.as';

/** Bindings and params of kernel.ts; the grid is the rows of out. */
export function layerNorm(x: usize, state: usize, out: usize, params: usize, rows: u32): void {
  const k = load<u32>(params);
  const epsilon = load<f32>(params, 4);
  const lastOnly = load<u32>(params, 8) === 1;
  const tokens = load<u32>(state, 4);
  const bytes = <usize>k << 2;
  for (let row: u32 = 0; row < rows; row++) {
    const from = x + <usize>(lastOnly ? tokens - 1 : row) * bytes;
    const to = out + <usize>row * bytes;
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) sum = f32x4.add(sum, v128.load(from + at));
    const mean = f32x4.splat(sumF32(sum) / <f32>k);
    let squares = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) {
      const v = f32x4.sub(v128.load(from + at), mean);
      squares = f32x4.add(squares, f32x4.mul(v, v));
    }
    const factor = f32x4.splat(<f32>1 / sqrt<f32>(sumF32(squares) / <f32>k + epsilon));
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(to + at, f32x4.mul(f32x4.sub(v128.load(from + at), mean), factor));
    }
  }
}
