// gather-columns: the activations of some input channels, as f32: the input of an outlier product of its own.
import { defineKernel, foldGrid, joinShader, wasmVariant } from '../../src/gpu/kernel.ts';
import input from '../common/product/float-or-int8.wgsl?raw';
import naive from './naive.wgsl?raw';

/**
 * out[T, J] f32 = x[t, index[j]], x as f32 or as int8 codes with scales.
 * Shape: k (columns of x, a multiple of 4), block (0: x is f32 and x_scale may be any buffer; else x is int8 and block is
 * the number of columns per scale), columns (J), tokens.
 */
export const gatherColumns = defineKernel({
  name: 'gather-columns',
  bindings: [
    { name: 'x', access: 'read', shape: '[T, K] f32, or [T, K/4] u32: four int8 each' },
    { name: 'x_scale', access: 'read', shape: '[T, K/block] f32 if block is not 0, else anything' },
    { name: 'index', access: 'read', shape: '[J] u32, below K' },
    { name: 'out', access: 'read-write', shape: '[T, J] f32' },
  ],
  params: [
    { name: 'k', type: 'u32' },
    { name: 'block', type: 'u32' },
    { name: 'columns', type: 'u32' },
    { name: 'tokens', type: 'u32' },
  ],
  variants: [
    wasmVariant({ name: 'gatherColumns' }, () => [1, 1, 1]),
    {
      name: 'naive',
      code: joinShader(naive, input),
      requires: [],
      workgroups: (shape) => foldGrid(Math.ceil((shape.tokens * shape.columns) / 64)),
    },
  ],
});
