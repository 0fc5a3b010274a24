// mark-seen: marks prompt ids for the repetition penalty. Elementwise: one variant is enough.
import { defineKernel } from '../../src/gpu/kernel.ts';
import naive from './naive.wgsl?raw';

/** Shape: tokens T. Ids beyond the vocabulary are ignored. */
export const markSeen = defineKernel({
  name: 'mark-seen',
  bindings: [
    { name: 'ids', access: 'read', shape: '[T] u32' },
    { name: 'seen', access: 'read-write', shape: '[V] u32: 1 where the token occurred' },
  ],
  params: [{ name: 'tokens', type: 'u32' }],
  variants: [
    {
      name: 'naive',
      code: naive,
      requires: [],
      workgroups: (shape) => [Math.ceil(shape.tokens / 64), 1, 1],
    },
  ],
});
