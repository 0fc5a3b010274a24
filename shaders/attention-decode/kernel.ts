// attention-decode: one query position against the live keys, split over workgroups (Flash-Decoding, PyTorch blog 2023-10-13).
// attention-merge joins the splits. The grid grows with the live length, never with the capacity of the cache.
import { defineKernel, joinShader, type KernelShape, type WorkgroupCounts } from '../../src/gpu/kernel.ts';
import { KEYS_PER_SPLIT } from '../common/attention-split.ts';
import exp from '../common/exp.wgsl?raw';
import state from '../common/state.wgsl?raw';
import naive from './naive.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';

const workgroups = (shape: KernelShape): WorkgroupCounts => [
  shape.heads,
  Math.ceil((shape.position + 1) / KEYS_PER_SPLIT),
  1,
];

/**
 * Shape: heads H, kv_heads G (divides H), head_dim Dh (multiple of 4, at most 256), capacity S,
 * splits_max (maxSplits(S)), and for the grid position, equal to state.position.
 */
export const attentionDecode = defineKernel({
  name: 'attention-decode',
  bindings: [
    { name: 'q', access: 'read', shape: '[H * Dh] f32, already multiplied by 1 / sqrt(Dh)' },
    { name: 'k_cache', access: 'read', shape: '[G, S, Dh] f32' },
    { name: 'v_cache', access: 'read', shape: '[G, S, Dh] f32' },
    { name: 'state', access: 'read', shape: 'State; keys 0..position are live' },
    { name: 'partial', access: 'read-write', shape: '[H, splits_max, Dh] f32' },
    { name: 'partial_ml', access: 'read-write', shape: '[H, splits_max] vec2f (maximum, sum of weights)' },
  ],
  params: [
    { name: 'heads', type: 'u32' },
    { name: 'kv_heads', type: 'u32' },
    { name: 'head_dim', type: 'u32' },
    { name: 'capacity', type: 'u32' },
    { name: 'splits_max', type: 'u32' },
  ],
  variants: [
    { name: 'subgroup', code: joinShader(subgroup, state, exp), requires: ['subgroups'], workgroups },
    { name: 'naive', code: joinShader(naive, state, exp), requires: [], workgroups },
  ],
});
