// attention-merge: second half of split decode attention. At most a few hundred splits: one variant is enough.
import { defineKernel, joinShader } from '../../src/gpu/kernel.ts';
import exp from '../common/exp.wgsl?raw';
import state from '../common/state.wgsl?raw';
import naive from './naive.wgsl?raw';

/** Shape: heads H, head_dim Dh, splits_max as in attention-decode. */
export const attentionMerge = defineKernel({
  name: 'attention-merge',
  bindings: [
    { name: 'partial', access: 'read', shape: '[H, splits_max, Dh] f32' },
    { name: 'partial_ml', access: 'read', shape: '[H, splits_max] vec2f (maximum, sum of weights)' },
    { name: 'state', access: 'read', shape: 'State; position tells how many splits are live' },
    { name: 'out', access: 'read-write', shape: '[H * Dh] f32' },
  ],
  params: [
    { name: 'heads', type: 'u32' },
    { name: 'head_dim', type: 'u32' },
    { name: 'splits_max', type: 'u32' },
  ],
  variants: [
    {
      name: 'naive',
      code: joinShader(naive, state, exp),
      requires: [],
      workgroups: (shape) => [shape.heads, 1, 1],
    },
  ],
});
