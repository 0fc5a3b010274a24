// attention-prefill: causal attention of a chunk of tokens whose keys and values are already in the cache.
// Layouts are the kinds of the KV cache; for int4 rotate-heads undoes the rotation of the values afterwards.
import { defineKernel, joinShader, type KernelShape, type WorkgroupCounts } from '../../src/gpu/kernel.ts';
import exp from '../common/exp.wgsl?raw';
import { KV_KINDS } from '../common/kv/layout.ts';
import { KV_READ_PARTS } from '../common/kv/parts.ts';
import state from '../common/state.wgsl?raw';
import naive from './naive.wgsl?raw';
import tiled from './tiled.wgsl?raw';

const tiles = (shape: KernelShape): WorkgroupCounts => [
  Math.ceil(shape.tokens / 32),
  shape.heads,
  Math.ceil(shape.head_dim / 128),
];

const rows = (shape: KernelShape): WorkgroupCounts => [Math.ceil(shape.tokens / 64), shape.heads, 1];

/** Shape: heads H, kv_heads G (divides H), head_dim Dh (multiple of 4, at most 256), capacity S, tokens T. */
export const attentionPrefill = defineKernel({
  name: 'attention-prefill',
  bindings: [
    {
      name: 'q',
      access: 'read',
      shape: '[T, H * Dh] f32, already multiplied by 1 / sqrt(Dh); for int4 rotated',
    },
    { name: 'k_cache', access: 'read', shape: 'keys as common/kv/layout.ts says' },
    { name: 'v_cache', access: 'read', shape: 'values as common/kv/layout.ts says' },
    { name: 'state', access: 'read', shape: 'State; token t sees keys 0..position + t' },
    { name: 'out', access: 'read-write', shape: '[T, H * Dh] f32; for int4 rotated' },
  ],
  params: [
    { name: 'heads', type: 'u32' },
    { name: 'kv_heads', type: 'u32' },
    { name: 'head_dim', type: 'u32' },
    { name: 'capacity', type: 'u32' },
    { name: 'tokens', type: 'u32' },
  ],
  variants: KV_KINDS.flatMap((layout) => {
    const parts = [...KV_READ_PARTS[layout], state, exp];
    return [
      {
        name: `tiled ${layout}`,
        layout,
        barrierHeavy: true,
        code: joinShader(tiled, ...parts),
        requires: [],
        workgroups: tiles,
      },
      { name: `naive ${layout}`, layout, code: joinShader(naive, ...parts), requires: [], workgroups: rows },
    ];
  }),
});
