// rms-norm-quantize-blocks: RMSNorm and quantize-blocks in one dispatch: the input of matvec-int8 in block arithmetic.
import { defineKernel, joinShader, type KernelVariant, wasmVariant } from '../../src/gpu/kernel.ts';
import int8 from '../common/product/int8.wgsl?raw';
import reduce from '../common/reduce.wgsl?raw';
import { inSmallWorkgroups } from '../common/small-workgroup.ts';
import naive from './naive.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';

const SUBGROUP: KernelVariant = {
  name: 'subgroup',
  code: joinShader(subgroup, int8),
  requires: ['subgroups'],
  workgroups: (shape) => [shape.tokens, 1, 1],
};

/**
 * q[T, K] i8 and scale[T, K / block] f32 of RMSNorm(x[T, K]) * gain[K]: absmax of each block to 127, ties to even.
 * Shape: tokens, k, block (columns per scale: a multiple of 4 that divides k), epsilon.
 */
export const rmsNormQuantizeBlocks = defineKernel({
  name: 'rms-norm-quantize-blocks',
  bindings: [
    { name: 'x', access: 'read', shape: '[T, K] f32' },
    { name: 'gain', access: 'read', shape: '[K] f32' },
    { name: 'q', access: 'read-write', shape: '[T, K/4] u32, four int8 each' },
    { name: 'scale', access: 'read-write', shape: '[T, K/block] f32: the normed x is about q * scale' },
  ],
  params: [
    { name: 'k', type: 'u32' },
    { name: 'block', type: 'u32' },
    { name: 'epsilon', type: 'f32' },
  ],
  variants: [
    wasmVariant({ name: 'rmsNormQuantizeBlocks' }, (shape) => [shape.tokens, 1, 1]),
    inSmallWorkgroups(SUBGROUP),
    SUBGROUP,
    {
      name: 'naive',
      code: joinShader(naive, int8, reduce),
      requires: [],
      workgroups: (shape) => [shape.tokens, 1, 1],
    },
  ],
});
