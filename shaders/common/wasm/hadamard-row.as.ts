// The rows of hadamard and hadamard-quantize.
import { hadamardBlocks } from './hadamard.as';
import { sumOfSquares } from './row.as';

/** The params that both ops have; changetype an address to it. */
// @ts-ignore: decorator
@unmanaged
export class HadamardParams {
  k: u32;
  block: u32;
  hasDiagonal: u32;
  hasNorm: u32;
  epsilon: f32;
  group: u32;
}

/** 1 / (rms of the row, or 1) / sqrt(block). */
export function hadamardFactor(x: usize, params: HadamardParams): f32 {
  const root = sqrt<f32>(<f32>params.block);
  if (params.hasNorm === 0) return <f32>1 / root;
  return <f32>1 / sqrt<f32>(sumOfSquares(x, params.k) / <f32>params.k + params.epsilon) / root;
}

/** to[K] = factor H (x * diagonal), H without 1 / sqrt(block). */
export function hadamardRow(x: usize, diagonal: usize, factor: f32, to: usize, params: HadamardParams): void {
  const bytes = <usize>params.k << 2;
  if (params.hasDiagonal === 0) memory.copy(to, x, bytes);
  else
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(to + at, f32x4.mul(v128.load(x + at), v128.load(diagonal + at)));
    }
  hadamardBlocks(to, params.k, params.block, factor);
}
