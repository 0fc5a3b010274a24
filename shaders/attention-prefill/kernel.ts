// attention-prefill: causal attention of a chunk of tokens whose keys and values are already in the cache.
// Layouts are the kinds of the KV cache; for int4 rotate-heads undoes the rotation of the values afterwards.
import {
  defineKernel,
  joinShader,
  type KernelShape,
  type KernelVariant,
  type WorkgroupCounts,
  wasmVariant,
} from '../../src/gpu/kernel.ts';
import exp from '../common/exp.wgsl?raw';
import { KV_KINDS, type KvKind, kvFunction } from '../common/kv/layout.ts';
import { KV_READ_PARTS } from '../common/kv/parts.ts';
import state from '../common/state.wgsl?raw';
import fetch from './fetch.wgsl?raw';
import naive from './naive.wgsl?raw';
import rows from './rows.wgsl?raw';
import staged from './staged.wgsl?raw';

const COLUMNS = 128; // of the output per workgroup of the staged variant

const queries = (shape: KernelShape): WorkgroupCounts => [Math.ceil(shape.tokens / 64), shape.heads, 1];

// Rows are tokens times the heads of a group.
const rowTiles =
  (tile: number) =>
  ({ tokens, heads, kv_heads: kvHeads, head_dim: headDim }: KernelShape): WorkgroupCounts => [
    kvHeads,
    Math.ceil((tokens * heads) / kvHeads / tile),
    Math.ceil(headDim / COLUMNS),
  ];

function stagedVariant(kind: KvKind): KernelVariant {
  return {
    name: `staged ${kind}`,
    layout: kind,
    barrierHeavy: true,
    code: joinShader(staged, fetch, rows, ...KV_READ_PARTS[kind], state, exp),
    requires: [],
    workgroups: rowTiles(32),
  };
}

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
      wasmVariant({ name: kvFunction('attentionPrefill', layout), shared: true }, () => [1, 1, 1], {
        layout,
      }),
      stagedVariant(layout),
      {
        name: `naive ${layout}`,
        layout,
        code: joinShader(naive, ...parts),
        requires: [],
        workgroups: queries,
      },
    ];
  }),
});
