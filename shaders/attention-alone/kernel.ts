// attention-alone: whole decode attention in one dispatch, for adapters that compute on the CPU: there a barrier and a dispatch
// cost more than the work of a head, and there are no more cores than heads.
import {
  columnsOf,
  defineKernel,
  joinShader,
  type KernelShape,
  type WorkgroupCounts,
  wasmVariant,
} from '../../src/gpu/kernel.ts';
import exp from '../common/exp.wgsl?raw';
import { KV_KINDS, kvFunction } from '../common/kv/layout.ts';
import { KV_READ_PARTS } from '../common/kv/parts.ts';
import state from '../common/state.wgsl?raw';
import heads from './heads.wgsl?raw';

/** Query heads of a workgroup: the narrowest subgroup of CPU adapters (SwiftShader). */
const WG_SIZE = 4;

const workgroups = (shape: KernelShape): WorkgroupCounts => [
  Math.ceil(shape.heads / WG_SIZE),
  columnsOf(shape),
  1,
];

/**
 * Shape: heads H, kv_heads G (divides H), head_dim Dh (multiple of 4, at most 256), capacity S, and for the grid columns C
 * (default 1). parallel: 0, column c is the token c places after the first of the same sequence; 1, all columns are at the
 * same position, column c of the sequence in slab c of the cache (G heads after G heads).
 */
export const attentionAlone = defineKernel({
  name: 'attention-alone',
  bindings: [
    { name: 'q', access: 'read', shape: '[C, H * Dh] f32, multiplied by 1 / sqrt(Dh); for int4 rotated' },
    { name: 'k_cache', access: 'read', shape: 'keys as common/kv/layout.ts says' },
    { name: 'v_cache', access: 'read', shape: 'values as common/kv/layout.ts says' },
    { name: 'state', access: 'read', shape: 'State; keys 0..position are live, position + c for column c' },
    { name: 'out', access: 'read-write', shape: '[C, H * Dh] f32; for int4 rotated' },
  ],
  params: [
    { name: 'heads', type: 'u32' },
    { name: 'kv_heads', type: 'u32' },
    { name: 'head_dim', type: 'u32' },
    { name: 'capacity', type: 'u32' },
    { name: 'parallel', type: 'u32' },
  ],
  variants: KV_KINDS.flatMap((layout) => [
    wasmVariant(
      { name: kvFunction('attentionAlone', layout), shared: true },
      (shape) => [columnsOf(shape), 1, 1],
      {
        layout,
      },
    ),
    {
      name: `naive ${layout}`,
      layout,
      code: joinShader(heads, ...KV_READ_PARTS[layout], state, exp),
      requires: [],
      overrides: { WG_SIZE },
      workgroups,
    },
  ]),
});
