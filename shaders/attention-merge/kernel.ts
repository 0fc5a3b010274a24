// attention-merge: second half of split decode attention. At most 64 splits: one variant is enough.
import { columnsOf, defineKernel, joinShader } from '../../src/gpu/kernel.ts';
import splitPart from '../common/attention-split.wgsl?raw';
import exp from '../common/exp.wgsl?raw';
import hadamardFour from '../common/hadamard/four.wgsl?raw';
import hadamardHead from '../common/hadamard/head.wgsl?raw';
import columns from '../common/product/columns.wgsl?raw';
import state from '../common/state.wgsl?raw';
import naive from './naive.wgsl?raw';

/**
 * Shape: heads H, head_dim Dh, splits_max and capacity as in attention-decode, rotated 1 where values were rotated, else 0,
 * parallel and columns C as in attention-decode.
 */
export const attentionMerge = defineKernel({
  name: 'attention-merge',
  bindings: [
    { name: 'partial', access: 'read', shape: '[C, H, splits_max, Dh] f32' },
    { name: 'partial_ml', access: 'read', shape: '[C, H, splits_max] vec2f (maximum, sum of weights)' },
    { name: 'state', access: 'read', shape: 'State; position tells how many splits are live' },
    { name: 'out', access: 'read-write', shape: '[C, H * Dh] f32' },
  ],
  params: [
    { name: 'heads', type: 'u32' },
    { name: 'head_dim', type: 'u32' },
    { name: 'splits_max', type: 'u32' },
    { name: 'capacity', type: 'u32' },
    { name: 'rotated', type: 'u32' },
    { name: 'parallel', type: 'u32' },
  ],
  variants: [
    {
      name: 'naive',
      code: joinShader(naive, splitPart, columns, hadamardFour, hadamardHead, state, exp),
      requires: [],
      workgroups: (shape) => [shape.heads, columnsOf(shape), 1],
    },
  ],
});
