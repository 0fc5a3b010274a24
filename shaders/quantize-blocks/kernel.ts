// quantize-blocks: f32 activations to int8 with one scale per block of columns: the input of matvec-int8.
import { defineKernel, foldGrid, joinShader, wasmVariant } from '../../src/gpu/kernel.ts';
import int8 from '../common/product/int8.wgsl?raw';
import naive from './naive.wgsl?raw';

/**
 * q[T, K] i8 and scale[T, K / block] f32 with x about q * scale: absmax of each block to 127, ties to even.
 * Shape: k, block (columns per scale: a multiple of 4 that divides k; matvec-int8 needs a multiple of 16), tokens.
 */
export const quantizeBlocks = defineKernel({
  name: 'quantize-blocks',
  bindings: [
    { name: 'x', access: 'read', shape: '[T, K] f32' },
    { name: 'q', access: 'read-write', shape: '[T, K/4] u32, four int8 each' },
    { name: 'scale', access: 'read-write', shape: '[T, K/block] f32: x is about q * scale' },
  ],
  params: [
    { name: 'k', type: 'u32' },
    { name: 'block', type: 'u32' },
    { name: 'tokens', type: 'u32' },
  ],
  variants: [
    wasmVariant({ name: 'quantizeBlocks' }, () => [1, 1, 1]),
    {
      name: 'naive',
      code: joinShader(naive, int8),
      requires: [],
      workgroups: (shape) => foldGrid(Math.ceil((shape.tokens * (shape.k / shape.block)) / 64)),
    },
  ],
});
