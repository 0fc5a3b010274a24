// argmax: greedy choice of the next token, in one dispatch of one workgroup per column.
import {
  columnsOf,
  defineKernel,
  joinShader,
  type KernelShape,
  type KernelVariant,
  type WorkgroupCounts,
  wasmVariant,
} from '../../src/gpu/kernel.ts';
import best from '../common/best.wgsl?raw';
import { inSmallWorkgroups } from '../common/small-workgroup.ts';
import naive from './naive.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';

const workgroups = (shape: KernelShape): WorkgroupCounts => [columnsOf(shape), 1, 1];

const SUBGROUP: KernelVariant = { name: 'subgroup', code: subgroup, requires: ['subgroups'], workgroups };

/**
 * chosen[c] = index of the largest logit of column c, the lowest on ties. Logits must not be NaN.
 * Shape: v V, stride (logits from one column to the next; 0: all columns have the same), columns C (default 1).
 */
export const argmax = defineKernel({
  name: 'argmax',
  bindings: [
    { name: 'logits', access: 'read', shape: '[C, stride] f32, V of each are read' },
    { name: 'chosen', access: 'read-write', shape: '[max(C, 4)] u32, the first C are written' },
  ],
  params: [
    { name: 'v', type: 'u32' },
    { name: 'stride', type: 'u32' },
  ],
  variants: [
    wasmVariant({ name: 'argmax' }, workgroups),
    inSmallWorkgroups(SUBGROUP),
    SUBGROUP,
    { name: 'naive', code: joinShader(naive, best), requires: [], workgroups },
  ],
});
