// rope-kv-write: rotary position embedding (RoFormer, arXiv 2104.09864) of queries and keys, and the KV cache write.
// Elementwise: one variant is enough.
import { defineKernel, joinShader } from '../../src/gpu/kernel.ts';
import state from '../common/state.wgsl?raw';
import naive from './naive.wgsl?raw';

/** Shape: heads H, kv_heads G, head_dim Dh (even), capacity S, interleaved (0 NEOX halves, 1 NORM pairs), tokens T. */
export const ropeKvWrite = defineKernel({
  name: 'rope-kv-write',
  bindings: [
    { name: 'qkv', access: 'read', shape: '[T, (H + 2G) * Dh] f32' },
    { name: 'rope', access: 'read', shape: '[S, Dh/2] vec2f (cos, sin)' },
    { name: 'state', access: 'read', shape: 'State; token t is at position + t' },
    { name: 'q_out', access: 'read-write', shape: '[T, H * Dh] f32, multiplied by 1 / sqrt(Dh)' },
    { name: 'k_cache', access: 'read-write', shape: '[G, S, Dh] f32' },
    { name: 'v_cache', access: 'read-write', shape: '[G, S, Dh] f32' },
  ],
  params: [
    { name: 'heads', type: 'u32' },
    { name: 'kv_heads', type: 'u32' },
    { name: 'head_dim', type: 'u32' },
    { name: 'capacity', type: 'u32' },
    { name: 'interleaved', type: 'u32' },
  ],
  variants: [
    {
      name: 'naive',
      code: joinShader(naive, state),
      requires: [],
      workgroups: (shape) => [shape.heads + 2 * shape.kv_heads, shape.tokens, 1],
    },
  ],
});
