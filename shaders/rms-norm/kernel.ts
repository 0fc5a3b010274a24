// rms-norm: RMSNorm with gain (arXiv 1910.07467) where the result stays in f32: before the LM head, and sub-norms.
import {
  defineKernel,
  joinShader,
  type KernelShape,
  type KernelVariant,
  type WorkgroupCounts,
  wasmVariant,
} from '../../src/gpu/kernel.ts';
import reduce from '../common/reduce.wgsl?raw';
import { inSmallWorkgroups } from '../common/small-workgroup.ts';
import state from '../common/state.wgsl?raw';
import naive from './naive.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';

const workgroups = (shape: KernelShape): WorkgroupCounts => [shape.last_only === 1 ? 1 : shape.tokens, 1, 1];

const SUBGROUP: KernelVariant = {
  name: 'subgroup',
  code: joinShader(subgroup, state),
  requires: ['subgroups'],
  workgroups,
};

/** Shape: k K (multiple of 4), epsilon, last_only (1: row state.tokens - 1 goes to row 0; 0: every row), tokens T. */
export const rmsNorm = defineKernel({
  name: 'rms-norm',
  bindings: [
    { name: 'x', access: 'read', shape: '[T, K] f32' },
    { name: 'gain', access: 'read', shape: '[K] f32' },
    { name: 'state', access: 'read', shape: 'State; tokens is read when last_only is 1' },
    { name: 'out', access: 'read-write', shape: '[T, K] f32, or [1, K] with last_only' },
  ],
  params: [
    { name: 'k', type: 'u32' },
    { name: 'epsilon', type: 'f32' },
    { name: 'last_only', type: 'u32' },
  ],
  variants: [
    wasmVariant({ name: 'rmsNorm' }, workgroups),
    inSmallWorkgroups(SUBGROUP),
    SUBGROUP,
    { name: 'naive', code: joinShader(naive, state, reduce), requires: [], workgroups },
  ],
});
