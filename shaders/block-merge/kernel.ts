// block-merge: second half of block-attention, and the quantised input of the attention output projection.
import { defineKernel, joinShader } from '../../src/gpu/kernel.ts';
import blockQuantize from '../common/block/quantize.wgsl?raw';
import blockQuantizeLane from '../common/block/quantize-lane.wgsl?raw';
import exp from '../common/exp.wgsl?raw';
import int8 from '../common/product/int8.wgsl?raw';
import state from '../common/state.wgsl?raw';
import join from './join.wgsl?raw';
import lanes from './lanes.wgsl?raw';
import naive from './naive.wgsl?raw';

/** Shape: heads H, head_dim Dh (a multiple of 32), splits_max as in block-attention, gained (0: gain may be any buffer). */
export const blockMerge = defineKernel({
  name: 'block-merge',
  bindings: [
    {
      name: 'partial',
      access: 'read',
      shape: '[H, splits_max, Dh + 4] f32: sums, maximum, sum of weights, live splits, 0',
    },
    { name: 'state', access: 'read', shape: 'State; position tells how many splits are live' },
    { name: 'gain', access: 'read', shape: '[H * Dh] f32 if gained is 1, else anything' },
    { name: 'q_out', access: 'read-write', shape: '[H * Dh / 4] u32: four int8 each' },
    { name: 'act_out', access: 'read-write', shape: '[H * Dh / 32] vec2f (scale, sum of squares)' },
  ],
  params: [
    { name: 'heads', type: 'u32' },
    { name: 'head_dim', type: 'u32' },
    { name: 'splits_max', type: 'u32' },
    { name: 'gained', type: 'u32' },
  ],
  variants: [
    {
      name: 'lanes',
      code: joinShader(lanes, blockQuantizeLane, state, exp, int8),
      requires: [],
      cpuOnly: true,
      workgroups: (shape) => [Math.ceil((shape.heads * shape.head_dim) / 256), 1, 1],
    },
    {
      name: 'naive',
      code: joinShader(naive, join, blockQuantize, state, exp, int8),
      requires: [],
      barrierHeavy: true,
      workgroups: (shape) => [(shape.heads * shape.head_dim) / 32, 1, 1],
    },
  ],
});
