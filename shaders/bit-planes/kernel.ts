// bit-planes: int8 activations as bit planes, for the popcount kernels of layout P.
import { defineKernel } from '../../src/gpu/kernel.ts';
import naive from './naive.wgsl?raw';

/** planes[T, K/32, 8]: word p of group g holds bit p of columns 32g..32g+31. Shape: tokens (at most 65 535), k (multiple of 32). */
export const bitPlanes = defineKernel({
  name: 'bit-planes',
  bindings: [
    { name: 'q', access: 'read', shape: '[T, K/4] u32, four int8 each' },
    { name: 'planes', access: 'read-write', shape: '[T, K/32, 8] u32' },
  ],
  params: [{ name: 'k', type: 'u32' }],
  variants: [
    {
      name: 'naive',
      code: naive,
      requires: [],
      workgroups: (shape) => [Math.ceil(shape.k / 32 / 64), shape.tokens, 1],
    },
  ],
});
