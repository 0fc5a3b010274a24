// block-attention: RoPE (with the norm of each head where the model has one), cache write and split attention in one
// dispatch: what exact mode does in two or three. block-merge joins the splits. Flash-Decoding, PyTorch blog 2023-10-13.
import { defineKernel, joinShader } from '../../src/gpu/kernel.ts';
import exp from '../common/exp.wgsl?raw';
import { KV_BLOCK, type KvKind } from '../common/kv/layout.ts';
import { KV_SCALE_PARTS } from '../common/kv/parts.ts';
import state from '../common/state.wgsl?raw';
import cache from './cache.wgsl?raw';
import lanes from './lanes.wgsl?raw';
import sharedScaled from './shared-scaled.wgsl?raw';
import sharedUnscaled from './shared-unscaled.wgsl?raw';
import steps from './steps.wgsl?raw';
import storeScaled from './store-scaled.wgsl?raw';
import storeUnscaled from './store-unscaled.wgsl?raw';
import words from './words.wgsl?raw';
import workgroup from './workgroup.wgsl?raw';

/** Keys of one split: a block of the cache. */
export const BLOCK_KEYS_PER_SPLIT = KV_BLOCK;

/** Query heads that one workgroup takes, all of the same key head. */
export const BLOCK_HEADS_PER_GROUP = 4;

/** Largest head dimension. */
export const BLOCK_MAX_HEAD_DIM = 128;

/** Kinds of the KV cache that it reads and writes: its layouts. */
export const BLOCK_KV_KINDS: readonly KvKind[] = ['f32', 'f16', 'int8'];

/**
 * Shape: heads H, kv_heads G (divides H), head_dim Dh (a multiple of 4, at most 128), capacity S, splits_max
 * (ceil(S / 64)), interleaved (0 NEOX halves, 1 NORM pairs), head_norm (1: q_gain and k_gain are read; 0: any buffers),
 * epsilon, and for the grid position, equal to state.position. Keys 0..position - 1 are in the cache.
 */
export const blockAttention = defineKernel({
  name: 'block-attention',
  bindings: [
    { name: 'qkv', access: 'read', shape: '[(H + 2G) * Dh] f32' },
    { name: 'rope', access: 'read', shape: '[S, Dh/2] vec2f (cos, sin)' },
    { name: 'q_gain', access: 'read', shape: '[Dh] f32 if head_norm is 1, else anything' },
    { name: 'k_gain', access: 'read', shape: '[Dh] f32 if head_norm is 1, else anything' },
    { name: 'state', access: 'read', shape: 'State; the new token is at position' },
    { name: 'k_cache', access: 'read-write', shape: 'keys as common/kv/layout.ts says' },
    { name: 'v_cache', access: 'read-write', shape: 'values as common/kv/layout.ts says' },
    {
      name: 'partial',
      access: 'read-write',
      shape: '[H, splits_max, Dh + 4] f32: sums, maximum, sum of weights, live splits, 0',
    },
  ],
  params: [
    { name: 'heads', type: 'u32' },
    { name: 'kv_heads', type: 'u32' },
    { name: 'head_dim', type: 'u32' },
    { name: 'capacity', type: 'u32' },
    { name: 'splits_max', type: 'u32' },
    { name: 'interleaved', type: 'u32' },
    { name: 'head_norm', type: 'u32' },
    { name: 'epsilon', type: 'f32' },
  ],
  variants: BLOCK_KV_KINDS.flatMap((layout) => {
    const isScaled = layout === 'int8';
    const store = isScaled ? storeScaled : storeUnscaled;
    const shared = isScaled ? sharedScaled : sharedUnscaled;
    const parts = [cache, store, ...KV_SCALE_PARTS[layout], state, exp];
    return [
      {
        name: `lanes ${layout}`,
        code: joinShader(lanes, ...parts),
        requires: [],
        layout,
        cpuOnly: true,
        workgroups: (shape) => [
          Math.ceil((shape.heads * Math.ceil((shape.position + 1) / BLOCK_KEYS_PER_SPLIT)) / 8),
          1,
          1,
        ],
      },
      {
        name: `naive ${layout}`,
        code: joinShader(workgroup, steps, words, shared, ...parts),
        requires: [],
        layout,
        barrierHeavy: true,
        workgroups: (shape) => [
          shape.kv_heads * Math.ceil(shape.heads / shape.kv_heads / BLOCK_HEADS_PER_GROUP),
          Math.ceil((shape.position + 1) / BLOCK_KEYS_PER_SPLIT),
          1,
        ],
      },
    ];
  }),
});
