// quantize: the input of a BitLinear that has no norm of its own. Source: Hugging Face integrations/bitnet.py.
import {
  defineKernel,
  joinShader,
  type KernelShape,
  type KernelVariant,
  type WorkgroupCounts,
  wasmVariant,
} from '../../src/gpu/kernel.ts';
import int8 from '../common/product/int8.wgsl?raw';
import reduce from '../common/reduce.wgsl?raw';
import { inSmallWorkgroups } from '../common/small-workgroup.ts';
import naive from './naive.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';

const workgroups = (shape: KernelShape): WorkgroupCounts => [shape.tokens, 1, 1];

const SUBGROUP: KernelVariant = {
  name: 'subgroup',
  code: joinShader(subgroup, int8),
  requires: ['subgroups'],
  workgroups,
};

/** q[T, K] i8 and scale[T] f32 of x[T, K], by the largest magnitude of each token. Shape: tokens T, k (multiple of 4). */
export const quantize = defineKernel({
  name: 'quantize',
  bindings: [
    { name: 'x', access: 'read', shape: '[T, K] f32' },
    { name: 'q', access: 'read-write', shape: '[T, K/4] u32, four int8 each' },
    { name: 'scale', access: 'read-write', shape: '[T] f32: x is about q * scale' },
  ],
  params: [{ name: 'k', type: 'u32' }],
  variants: [
    wasmVariant({ name: 'quantize' }, workgroups),
    inSmallWorkgroups(SUBGROUP),
    SUBGROUP,
    { name: 'naive', code: joinShader(naive, int8, reduce), requires: [], workgroups },
  ],
});
