// attention-decode: a query position per column against the live keys, split over workgroups (Flash-Decoding, PyTorch blog 2023-10-13).
// attention-merge joins the splits. The grid grows with the live length, never with the capacity of the cache. The query heads
// that share a key head are in one workgroup, so that the cache is read once; layouts are the kinds of the KV cache.
import {
  columnsOf,
  defineKernel,
  joinShader,
  type KernelShape,
  type WorkgroupCounts,
} from '../../src/gpu/kernel.ts';
import { headGroups, liveSplits } from '../common/attention-split.ts';
import splitPart from '../common/attention-split.wgsl?raw';
import exp from '../common/exp.wgsl?raw';
import { KV_KINDS } from '../common/kv/layout.ts';
import { KV_READ_PARTS } from '../common/kv/parts.ts';
import state from '../common/state.wgsl?raw';
import heads from './heads.wgsl?raw';
import maxScan from './max-scan.wgsl?raw';
import maxSubgroup from './max-subgroup.wgsl?raw';
import split from './split.wgsl?raw';

// Where splits begin to grow, a later column may have fewer of them than the first.
const workgroups = (shape: KernelShape): WorkgroupCounts => {
  const last = shape.parallel === 1 ? 1 : columnsOf(shape);
  return [
    headGroups(shape.heads, shape.kv_heads),
    Math.max(liveSplits(shape.position + 1), liveSplits(shape.position + last)),
    columnsOf(shape),
  ];
};

/**
 * Shape: heads H, kv_heads G (divides H), head_dim Dh (multiple of 4, at most 256), capacity S,
 * splits_max (maxSplits(S)), and for the grid position, equal to state.position, and columns C (default 1).
 * parallel: 0, column c is the token c places after the first of the same sequence; 1, all columns are at the same position,
 * column c of the sequence in slab c of the cache (G heads after G heads).
 * Override HEADS must be headsPerGroup(H, G) of attention-split.ts.
 */
export const attentionDecode = defineKernel({
  name: 'attention-decode',
  bindings: [
    { name: 'q', access: 'read', shape: '[C, H * Dh] f32, multiplied by 1 / sqrt(Dh); for int4 rotated' },
    { name: 'k_cache', access: 'read', shape: 'keys as common/kv/layout.ts says' },
    { name: 'v_cache', access: 'read', shape: 'values as common/kv/layout.ts says' },
    { name: 'state', access: 'read', shape: 'State; keys 0..position are live, position + c for column c' },
    { name: 'partial', access: 'read-write', shape: '[C, H, splits_max, Dh] f32; for int4 rotated' },
    { name: 'partial_ml', access: 'read-write', shape: '[C, H, splits_max] vec2f (maximum, sum of weights)' },
  ],
  params: [
    { name: 'heads', type: 'u32' },
    { name: 'kv_heads', type: 'u32' },
    { name: 'head_dim', type: 'u32' },
    { name: 'capacity', type: 'u32' },
    { name: 'splits_max', type: 'u32' },
    { name: 'parallel', type: 'u32' },
  ],
  variants: KV_KINDS.flatMap((layout) => {
    const parts = [split, heads, splitPart, ...KV_READ_PARTS[layout], state, exp];
    return [
      {
        name: `subgroup ${layout}`,
        layout,
        code: joinShader(maxSubgroup, ...parts),
        requires: ['subgroups' as const],
        workgroups,
      },
      { name: `naive ${layout}`, layout, code: joinShader(maxScan, ...parts), requires: [], workgroups },
    ];
  }),
});
