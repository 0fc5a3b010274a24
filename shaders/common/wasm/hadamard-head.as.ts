// Rotation of one head by blocks of the largest power of two that divides its size: see common/hadamard/head.wgsl.
import { hadamardBlocks } from './hadamard.as';

/** In place on headDim f32, a multiple of 4: orthonormal Walsh-Hadamard, Sylvester's order. */
export function rotateHead(head: usize, headDim: u32): void {
  const block = headDim & (0 - headDim);
  hadamardBlocks(head, headDim, block, <f32>1 / sqrt<f32>(<f32>block));
}
