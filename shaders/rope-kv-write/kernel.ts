// rope-kv-write: rotary position embedding (RoFormer, arXiv 2104.09864) of queries and keys, and the KV cache write.
// One variant per kind of cache is enough: it moves few bytes.
import {
  defineKernel,
  joinShader,
  type KernelShape,
  type WorkgroupCounts,
  wasmVariant,
} from '../../src/gpu/kernel.ts';
import hadamardFour from '../common/hadamard/four.wgsl?raw';
import hadamardHead from '../common/hadamard/head.wgsl?raw';
import { KV_KINDS, type KvKind, kvFunction } from '../common/kv/layout.ts';
import { KV_PARTS } from '../common/kv/parts.ts';
import state from '../common/state.wgsl?raw';
import headMax from './head-max.wgsl?raw';
import rope from './rope.wgsl?raw';
import writeFloat from './write-float.wgsl?raw';
import writeFours from './write-fours.wgsl?raw';
import writeInt4 from './write-int4.wgsl?raw';
import writeInt8 from './write-int8.wgsl?raw';

const WRITE_PARTS: Readonly<Record<KvKind, readonly string[]>> = {
  f32: [writeFloat, writeFours],
  f16: [writeFloat, writeFours],
  int8: [writeInt8, writeFours, headMax],
  int4: [writeInt4, hadamardFour, hadamardHead, headMax],
};

/**
 * Shape: heads H, kv_heads G, head_dim Dh (multiple of 4, at most 256), capacity S, interleaved (0 NEOX halves, 1 NORM pairs),
 * tokens T, parallel (0: token t is at position + t; 1: all are at position, token t in slab t of the cache, G heads each).
 * Layouts are the kinds of the KV cache.
 */
export const ropeKvWrite = defineKernel({
  name: 'rope-kv-write',
  bindings: [
    { name: 'qkv', access: 'read', shape: '[T, (H + 2G) * Dh] f32' },
    { name: 'rope', access: 'read', shape: '[S, Dh/2] vec2f (cos, sin)' },
    {
      name: 'state',
      access: 'read',
      shape: 'State; token t is at position + t, or with parallel at position',
    },
    {
      name: 'q_out',
      access: 'read-write',
      shape: '[T, H * Dh] f32, multiplied by 1 / sqrt(Dh); for int4 rotated',
    },
    { name: 'k_cache', access: 'read-write', shape: 'keys as common/kv/layout.ts says' },
    { name: 'v_cache', access: 'read-write', shape: 'values as common/kv/layout.ts says' },
  ],
  params: [
    { name: 'heads', type: 'u32' },
    { name: 'kv_heads', type: 'u32' },
    { name: 'head_dim', type: 'u32' },
    { name: 'capacity', type: 'u32' },
    { name: 'interleaved', type: 'u32' },
    { name: 'parallel', type: 'u32' },
  ],
  variants: KV_KINDS.flatMap((layout) => [
    wasmVariant({ name: kvFunction('ropeKvWrite', layout) }, (shape) => [shape.tokens, 1, 1], { layout }),
    {
      name: `naive ${layout}`,
      layout,
      code: joinShader(rope, ...KV_PARTS[layout], ...WRITE_PARTS[layout], state),
      requires: [],
      workgroups: (shape: KernelShape): WorkgroupCounts => [
        shape.heads + 2 * shape.kv_heads,
        shape.tokens,
        1,
      ],
    },
  ]),
});
