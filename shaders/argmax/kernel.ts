// argmax: greedy choice of the next token, in one dispatch of one workgroup.
import { defineKernel, joinShader } from '../../src/gpu/kernel.ts';
import best from '../common/best.wgsl?raw';
import naive from './naive.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';

/** chosen[0] = index of the largest logit, the lowest on ties. Shape: v V. Logits must not be NaN. */
export const argmax = defineKernel({
  name: 'argmax',
  bindings: [
    { name: 'logits', access: 'read', shape: '[V] f32' },
    { name: 'chosen', access: 'read-write', shape: '[4] u32, the first is written' },
  ],
  params: [{ name: 'v', type: 'u32' }],
  variants: [
    { name: 'subgroup', code: subgroup, requires: ['subgroups'], workgroups: () => [1, 1, 1] },
    { name: 'naive', code: joinShader(naive, best), requires: [], workgroups: () => [1, 1, 1] },
  ],
});
